#include "session/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int secret;
    } cases[] = {
        {"mysql -u root -pHunter2 db", 1},
        {"/usr/bin/mysqldump -pHunter2", 1},
        {"mysql -p db", 0},
        {"mysql -u root -p\"$PW\"", 0},
        {"sshpass -p hunter2 ssh web1", 1},
        {"sshpass -f file ssh web1", 0},
        {"export DB_PASSWORD=hunter2", 1},
        {"PASSWORD='hun ter' ./run", 1},
        {"PASSWORD=$(pass show x) ./run", 0},
        {"DB_PASSWORD=$OTHER ./run", 0},
        {"api_key=abcdef make", 1},
        {"vault login --token abcdef", 1},
        {"tool --password=hunter2", 1},
        {"tool --password \"$PW\"", 0},
        {"tool --password-file /etc/x", 0},
        {"curl -u ann:hunter2 https://x", 1},
        {"sudo curl --user ann:hunter2 https://x", 1},
        {"curl https://ann:hunter2@host/path", 1},
        {"git clone https://host/a:b@c", 0},
        {"git clone git@host:path", 0},
        {"curl -H 'Authorization: Bearer abc' x", 1},
        {"curl -H \"Authorization: Bearer $TOKEN\" x", 0},
        {"aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE", 1},
        {"echo ghp_0123456789abcdefghijklmnopqrstuvwxyz", 1},
        {"ls; redis-cli -a hunter2 ping", 1},
        {"passwd ann", 0},
        {"cat /etc/passwd", 0},
        {"grep password: file", 0},
        {"make token=", 0},
        {"docker run -p 80:80 x", 0},
        {"bypass=1 run", 0},
        {"ls -la", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *what = secret_in(cases[i].line, strlen(cases[i].line));
        if ((what != NULL) != cases[i].secret)
            fail_msg("%s: %s", cases[i].line, what ? what : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(told_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
