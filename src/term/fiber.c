#include "term/fiber.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/err.h"

#define STACK_SIZE ((size_t)256 << 10)

struct fiber {
    ucontext_t inside, outside;
    void (*run)(void *arg);
    void *arg;
    bool returned;
    char *map; /* a guard page, then the stack */
    size_t guard;
    const void *outside_stack; /* for the address sanitizer */
    size_t outside_size;
};

/* The address sanitizer must know which stack we are on. */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/common_interface_defs.h>
#else
static void __sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size)
{
    (void)fake, (void)bottom, (void)size;
}

static void __sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size)
{
    (void)fake, (void)bottom, (void)size;
}
#endif

static void enter(unsigned high, unsigned low)
{
    struct fiber *f = (struct fiber *)((uintptr_t)high << 16 << 16 | low);
    __sanitizer_finish_switch_fiber(NULL, &f->outside_stack, &f->outside_size);
    f->run(f->arg);
    f->returned = true;
    __sanitizer_start_switch_fiber(NULL, f->outside_stack, f->outside_size);
    setcontext(&f->outside);
}

struct fiber *fiber_new(void (*run)(void *arg), void *arg)
{
    struct fiber *f = xcalloc(1, sizeof *f);
    f->run = run;
    f->arg = arg;
    f->guard = (size_t)sysconf(_SC_PAGESIZE);
    f->map = mmap(NULL, f->guard + STACK_SIZE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (f->map == MAP_FAILED || mprotect(f->map, f->guard, PROT_NONE) != 0)
        BUG("no memory for a stack: %s", strerror(errno));
    getcontext(&f->inside);
    f->inside.uc_stack.ss_sp = f->map + f->guard;
    f->inside.uc_stack.ss_size = STACK_SIZE;
    f->inside.uc_link = NULL;
    uintptr_t self = (uintptr_t)f; /* makecontext passes ints */
    makecontext(&f->inside, (void (*)(void))enter, 2, (unsigned)(self >> 16 >> 16), (unsigned)self);
    return f;
}

void fiber_free(struct fiber *f)
{
    if (!f)
        return;
    munmap(f->map, f->guard + STACK_SIZE);
    free(f);
}

void fiber_resume(struct fiber *f)
{
    if (f->returned)
        return;
    void *fake;
    __sanitizer_start_switch_fiber(&fake, f->map + f->guard, STACK_SIZE);
    swapcontext(&f->outside, &f->inside);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

void fiber_yield(struct fiber *f)
{
    void *fake;
    __sanitizer_start_switch_fiber(&fake, f->outside_stack, f->outside_size);
    swapcontext(&f->inside, &f->outside);
    __sanitizer_finish_switch_fiber(fake, &f->outside_stack, &f->outside_size);
}
