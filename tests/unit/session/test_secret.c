#include "session/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    enum secret_kind kind;
    const char *line;
} secrets[] = {
    {SECRET_OPTION, "mysql -u root -pHunter2 db"},
    {SECRET_OPTION, "/usr/bin/mysqldump -pHunter2"},
    {SECRET_OPTION, "mysql -u root -p'Hun ter2' db"},
    {SECRET_OPTION, "mysql --password=hunter2"},
    {SECRET_OPTION, "sudo mysqladmin -pHunter2 status"},
    {SECRET_OPTION, "sudo -u mysql mysql -pHunter2"},
    {SECRET_OPTION, "MYSQL_HOST=db mysql -pHunter2"},
    {SECRET_OPTION, "time env LANG=C mariadb -pHunter2"},
    {SECRET_OPTION, "cd /tmp && mysql -pHunter2 < dump.sql"},
    {SECRET_OPTION, "(mysqldump -pHunter2 db | gzip)"},
    {SECRET_OPTION, "sshpass -p hunter2 ssh web1"},
    {SECRET_OPTION, "sshpass -phunter2 ssh web1"},
    {SECRET_OPTION, "curl -u ann:hunter2 https://x"},
    {SECRET_OPTION, "curl -uann:hunter2 https://x"},
    {SECRET_OPTION, "sudo curl --user ann:hunter2 https://x"},
    {SECRET_OPTION, "curl -x proxy --proxy-user 'ann:hunter2' https://x"},
    {SECRET_OPTION, "curl --oauth2-bearer abcdef https://x"},
    {SECRET_OPTION, "http -a ann:hunter2 example.org"},
    {SECRET_OPTION, "wget --password hunter2 ftp://x"},
    {SECRET_OPTION, "wget --http-password=hunter2 http://x"},
    {SECRET_OPTION, "ls; redis-cli -a hunter2 ping"},
    {SECRET_OPTION, "mongosh -u ann -p hunter2"},
    {SECRET_OPTION, "docker login -u ann -p hunter2 registry"},
    {SECRET_OPTION, "helm registry login -u ann -p hunter2 registry"},
    {SECRET_OPTION, "az login -u ann -p hunter2"},
    {SECRET_OPTION, "ldapsearch -x -D cn=admin -w hunter2"},
    {SECRET_OPTION, "smbclient //srv/share -U 'ann%hunter2'"},
    {SECRET_OPTION, "htpasswd -b .htpasswd ann hunter2"},
    {SECRET_OPTION, "htpasswd -bc .htpasswd ann hunter2"},
    {SECRET_OPTION, "openssl rsa -in key -passin pass:hunter2"},
    {SECRET_OPTION, "openssl enc -aes-256-cbc -k hunter2 -in x"},
    {SECRET_OPTION, "zip -P hunter2 a.zip b"},
    {SECRET_OPTION, "7z x -phunter2 a.7z"},
    {SECRET_OPTION, "ipmitool -H bmc -U admin -P hunter2 power status"},
    {SECRET_OPTION, "sqlcmd -S srv -U sa -P hunter2"},
    {SECRET_OPTION, "xfreerdp /u:ann /p:hunter2 /v:srv"},
    {SECRET_OPTION, "ssh-keygen -t ed25519 -N hunter2 -f key"},
    {SECRET_OPTION, "keytool -list -keystore x -storepass hunter2"},
    {SECRET_OPTION, "vault login --token abcdef"},
    {SECRET_OPTION, "tool --password=hunter2"},
    {SECRET_OPTION, "tool --db-password hunter2"},
    {SECRET_OPTION, "gpg --batch --passphrase hunter2 -c x"},
    {SECRET_OPTION, "kubectl create secret generic x --from-literal=password=hunter2"},
    {SECRET_OPTION, "./configure --with-api-key=abcdef"},
    {SECRET_VALUE, "export DB_PASSWORD=hunter2"},
    {SECRET_VALUE, "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG"},
    {SECRET_VALUE, "PASSWORD='hun ter' ./run"},
    {SECRET_VALUE, "PGPASSWORD=hunter2 psql"},
    {SECRET_VALUE, "api_key=abcdef make"},
    {SECRET_VALUE, "docker run -e MYSQL_ROOT_PASSWORD=hunter2 mysql"},
    {SECRET_VALUE, "mount -t cifs //s/x /mnt -o username=ann,password=hunter2"},
    {SECRET_VALUE, "curl -d '{\"user\":\"ann\",\"password\":\"hunter2\"}' x"},
    {SECRET_VALUE, "curl -d \"{ 'password': 'hunter2' }\" x"},
    {SECRET_VALUE, "curl -H 'X-Api-Key: abcdef' x"},
    {SECRET_VALUE, "set -gx API_TOKEN abcdef"},
    {SECRET_VALUE, "aws configure set aws_secret_access_key wJalrXUtnFEMI"},
    {SECRET_VALUE, "echo 'password=hunter2' >> .env"},
    {SECRET_VALUE, "cat > .env <<X\nTOKEN=abcdef\nX"},
    {SECRET_URL, "curl https://ann:hunter2@host/path"},
    {SECRET_URL, "git clone https://ann:hunter2@host/x.git"},
    {SECRET_URL, "psql postgres://ann:hunter2@db/x"},
    {SECRET_URL, "export http_proxy=http://ann:hunter2@proxy:3128"},
    {SECRET_HEADER, "curl -H 'Authorization: Bearer abc' x"},
    {SECRET_HEADER, "curl -H \"authorization: Basic YW5uOmh1bnRlcjI=\" x"},
    {SECRET_TOKEN, "aws configure list AKIAIOSFODNN7EXAMPLE"},
    {SECRET_TOKEN, "echo ghp_0123456789abcdefghijklmnopqrstuvwxyz"},
    {SECRET_TOKEN,
     "git remote add x https://github_pat_0123456789abcdefghijklmnopqrstu_q1@github.com/a"},
    {SECRET_TOKEN, "glab auth glpat-0123456789abcdefghij"},
    {SECRET_TOKEN, "slack xoxb-0123456789-abcdefghij"},
    {SECRET_TOKEN, "x sk-0123456789abcdefghijklmnopqrst"},
    {SECRET_TOKEN, "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"},
    {SECRET_TOKEN, "x hf_0123456789abcdefghijklmnopqrstuvwx"},
    {SECRET_TOKEN, "x dckr_pat_0123456789abcdefghijklmnop"},
    {SECRET_TOKEN, "x SG.0123456789abcdefghijkl.0123456789abcdefghijklmnop"},
    {SECRET_PIPED, "echo hunter2 | sudo -S ls"},
    {SECRET_PIPED, "echo ann:hunter2 | sudo chpasswd"},
    {SECRET_PIPED, "printf '%s\\n' hunter2 | docker login --password-stdin -u ann"},
    {SECRET_PIPED, "echo hunter2 | passwd --stdin ann"},
    {SECRET_PIPED, "sudo -S ls <<< hunter2"},
    {SECRET_KEY, "echo '-----BEGIN OPENSSH PRIVATE KEY-----\nabc' > key"},
    {SECRET_KEY, "cat > key <<X\n-----BEGIN RSA PRIVATE KEY-----\nabc\nX"},
};

static const char *const plain[] = {
    "",
    " ",
    "ls -la",
    "mysql -p db",
    "mysql -u root -p",
    "mysql -u root -p\"$PW\"",
    "mysql --password",
    "mysql -e 'select password from users'",
    "mkdir -p dir",
    "mkdir -pv a/b/c",
    "cp -pr a b",
    "cp -p a b",
    "ssh -p 22 web1",
    "ssh -p2222 web1",
    "scp -P 2222 a web1:b",
    "tar -xpf x.tar",
    "rsync -avzP a web1:b",
    "ps -p 123",
    "nmap -p 1-100 host",
    "git log -p file",
    "docker run -p 80:80 x",
    "docker run -p80:80 x",
    "docker pull registry/secret:latest",
    "docker tag token:latest x",
    "docker login -u ann --password-stdin < file",
    "docker secret create my_token file",
    "kubectl get secret my-secret -o yaml",
    "kubectl delete secret token",
    "patch -p1 < x.diff",
    "perl -pe 's/a/b/'",
    "unzip -p a.zip x",
    "/usr/bin/az",
    "/az login",
    "sshpass -f file ssh web1",
    "sshpass -e ssh web1",
    "redis-cli ping",
    "PASSWORD=$(pass show x) ./run",
    "PASSWORD=`cat f` ./run",
    "DB_PASSWORD=$OTHER ./run",
    "TOKEN=$(cat token) make",
    "export PASSWORD",
    "unset PGPASSWORD",
    "tool --password \"$PW\"",
    "tool --password-file /etc/x",
    "tool --password=/run/secrets/pw",
    "tool --password",
    "tool --password --verbose",
    "tool --token-ttl 500",
    "psql --no-password mydb",
    "wget --ask-password http://x",
    "gh auth login --with-token < file",
    "aws secretsmanager get-secret-value --secret-id prod",
    "aws sts get-session-token --token-code 123456",
    "curl -u ann https://x",
    "curl -u \"$USER:$PW\" https://x",
    "curl -u ann:$PW https://x",
    "curl -H \"Authorization: Bearer $TOKEN\" x",
    "curl -H 'Accept: text/html' x",
    "curl -o out https://host:8080/a@b",
    "git clone https://host/a:b@c",
    "git clone git@host:path",
    "git clone ssh://git@host:22/path",
    "git commit -m 'token: say what is wrong'",
    "git commit -m 'password=x is no more read'",
    "git log --grep=password=foo",
    "git push origin secret:token",
    "rsync ann@secret:path .",
    "passwd ann",
    "sudo passwd root",
    "cat /etc/passwd",
    "getent passwd ann",
    "pass show mail/token",
    "vault token lookup",
    "find . -name password",
    "find / -name '*secret*'",
    "grep password: file",
    "grep -rn 'password=foo' src",
    "rg 'token: abc'",
    "less secret.txt",
    "vim password.c",
    "make token=",
    "bypass=100 run",
    "PASS=1 run",
    "for pass in 1 2 3; do echo $pass; done",
    "x265 --pass 2 in out",
    "ffmpeg -pass 1 -i in out",
    "secret=true ./run",
    "tool --password=none",
    "PWD=/tmp make",
    "OLDPWD=foobar make",
    "tokenizer=gpt2 ./run",
    "ssh-keygen -t ed25519 -N ''",
    "ssh-keygen -p -f key",
    "openssl rand -base64 32",
    "openssl s_client -connect host:443",
    "openssl rsa -in key -passin file:pw",
    "htpasswd -c .htpasswd ann",
    "zip -r a.zip b",
    "7z x a.7z",
    "smbclient //srv/share -U ann",
    "ldapsearch -x -W -D cn=admin",
    "echo hello | sudo tee file",
    "echo \"$PW\" | sudo -S ls",
    "printf '%s\\n' \"$PW\" | sudo -S ls",
    "echo hunter2; sudo -S ls",
    "sudo -S ls",
    "cat f | docker login --password-stdin",
    "echo sk-learn is a library",
    "pip install scikit-learn sk-video-with-a-very-long-name",
    "cat AKIA",
    "apt-key-0123456789",
    "ssh-add -l",
    "systemctl status sshd",
    "set -o vi",
    "echo $TOKEN",
    "env | grep TOKEN",
    "printenv SECRET",
    "tail -f /var/log/auth.log",
    "cd secret",
    "awk -F: '{print $1}' /etc/passwd",
    "journalctl -u secret.service",
};

static void found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        struct secret s = secret_in(secrets[i].line, strlen(secrets[i].line));
        if (s.kind != secrets[i].kind)
            fail_msg("%s: %d", secrets[i].line, (int)s.kind);
        assert_true(s.what[0]);
    }
}

static void not_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        struct secret s = secret_in(plain[i], strlen(plain[i]));
        if (s.kind != SECRET_NONE)
            fail_msg("%s: %s", plain[i], s.what);
    }
}

/* The text may end anywhere, and is never read behind its end. */
static void every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        size_t len = strlen(secrets[i].line);
        for (size_t n = 0; n <= len; n++) {
            char *copy = test_malloc(n + 1);
            memcpy(copy, secrets[i].line, n);
            copy[n] = '\1'; /* not a string's end: the length counts */
            secret_in(copy, n);
            test_free(copy);
        }
    }
}

static void safer_ways(void **state)
{
    (void)state;
    const char mysql[] = "mysql -pHunter2", export[] = "export TOKEN=abcdef";
    assert_string_equal(secret_in(mysql, strlen(mysql)).safer, "-p alone asks for it");
    assert_string_equal(secret_in(export, strlen(export)).safer, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found),
        cmocka_unit_test(not_found),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(safer_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
