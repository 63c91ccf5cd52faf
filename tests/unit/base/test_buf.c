#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"

static void append_and_consume(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_puts(&b, "hello ");
    buf_printf(&b, "%s %d", "world", 7);
    assert_string_equal(buf_str(&b), "hello world 7");
    buf_consume(&b, 6);
    assert_string_equal(buf_str(&b), "world 7");
    assert_int_equal(b.len, 7);
    buf_consume(&b, 100);
    assert_int_equal(b.len, 0);
    assert_string_equal(buf_str(&b), "");
    buf_release(&b);
}

static void queue_stays_in_order(void **state)
{
    (void)state;
    struct buf b = {0};
    uint8_t in = 0, out = 0;
    for (int round = 0; round < 1000; round++) {
        for (int i = 0; i < round % 97; i++)
            buf_append(&b, &(uint8_t){in++}, 1);
        for (int i = 0; i < round % 89 && b.len > 0; i++) {
            assert_int_equal(*buf_data(&b), out++);
            buf_consume(&b, 1);
        }
    }
    while (b.len > 0) {
        assert_int_equal(*buf_data(&b), out++);
        buf_consume(&b, 1);
    }
    assert_int_equal(in, out);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(append_and_consume),
        cmocka_unit_test(queue_stays_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
