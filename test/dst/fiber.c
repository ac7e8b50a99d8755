/* SPDX-License-Identifier: MIT */
#include "dst.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

enum { FIBER_STACK = 512 * 1024, FIBER_GUARD = 4096 };

static ucontext_t fiber_outside;
static fiber *fiber_now;
static const void *fiber_outside_stack; /* for the address sanitizer, which has to know where a stack is */
static size_t fiber_outside_size;

/* Before and after each switch. `to_outside`: from a fiber to whoever resumed it; `last`: for good. */
static void fiber_leaves(void **fake, bool to_outside, bool last)
{
#ifdef __SANITIZE_ADDRESS__
    const void *bottom = to_outside ? fiber_outside_stack : (char *)fiber_now->stack + FIBER_GUARD;
    __sanitizer_start_switch_fiber(last ? NULL : fake, bottom, to_outside ? fiber_outside_size : FIBER_STACK);
#else
    (void)fake, (void)to_outside, (void)last, (void)fiber_outside_stack, (void)fiber_outside_size;
#endif
}

static void fiber_arrives(void *fake, bool inside)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(fake, inside ? &fiber_outside_stack : NULL, inside ? &fiber_outside_size : NULL);
#else
    (void)fake, (void)inside;
#endif
}

static void fiber_main(void)
{
    fiber *me = fiber_now;

    fiber_arrives(NULL, true);
    me->body(me->arg);
    me->over = true;
    fiber_leaves(&me->fake, true, true);
    (void)swapcontext(&me->context, &fiber_outside);
}

void fiber_start(fiber *f, void (*body)(void *arg), void *arg)
{
    if (!f->stack) {
        f->stack = mmap(NULL, FIBER_STACK + FIBER_GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (f->stack == MAP_FAILED || mprotect(f->stack, FIBER_GUARD, PROT_NONE)) {
            (void)fputs("dst: no memory for a stack\n", stderr);
            exit(2);
        }
    }
    f->body = body;
    f->arg = arg;
    f->over = false;
    f->fake = NULL;
    (void)getcontext(&f->context);
    f->context.uc_stack.ss_sp = (char *)f->stack + FIBER_GUARD;
    f->context.uc_stack.ss_size = FIBER_STACK;
    f->context.uc_link = NULL;
    makecontext(&f->context, fiber_main, 0);
}

void fiber_resume(fiber *f)
{
    void *fake = NULL;

    fiber_now = f;
    fiber_leaves(&fake, false, false);
    (void)swapcontext(&fiber_outside, &f->context);
    fiber_arrives(fake, false);
    fiber_now = NULL;
}

void fiber_yield(void)
{
    fiber *me = fiber_now;

    fiber_leaves(&me->fake, true, false);
    (void)swapcontext(&me->context, &fiber_outside);
    fiber_arrives(me->fake, true);
}

void fiber_free(fiber *f)
{
    if (f->stack) (void)munmap(f->stack, FIBER_STACK + FIBER_GUARD);
    f->stack = NULL;
}
