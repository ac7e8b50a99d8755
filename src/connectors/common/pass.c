/* SPDX-License-Identifier: MIT */
/* Kinds that lie in several lists. The first is what there is to have; a list beside it that is refused is left out, and then what is not
 * seen is no evidence of anything. */
#include "common.h"

enum { PASS_PAGE = 0, PASS_WEAK }; /* arguments of the cursor: the page's place, and whether a list was left out */

const adsync__pass *adsync__pass_of(const adsync__platform *platform, const adsync_task *task, uint32_t n)
{
    for (const adsync__pass *pass = platform->passes; pass->kind; pass++)
        if (pass->kind == adsync_task_kind(task) && !n--) return pass;
    return NULL;
}

static adsync_status pass_next(adsync__answer *a, const char *weak)
{
    adsync__place to = { .step = a->at.step, .tries = a->at.tries + 1, .arg = { "", weak } };

    return adsync__pass_of(a->platform, a->task, to.tries) ? adsync__next(a, &to) : adsync__end(a, *weak);
}

adsync_status adsync__pass_refused(adsync__answer *a)
{
    if (!a->at.tries || !adsync__is_minor(a)) return adsync__refuse(a);
    adsync__left_out(a);
    return pass_next(a, "w");
}

adsync_status adsync__pass_row(adsync__answer *a, adsync__node row)
{
    const adsync__pass *pass = adsync__pass_of(a->platform, a->task, a->at.tries);

    return pass && pass->as ? adsync__entity(a, pass->as, row) : adsync__read_entity(a, row);
}

adsync_status adsync__pass_walk(adsync__answer *a, adsync__page *page, adsync__row_reader reader)
{
    adsync_status rc = adsync__page_turn(a, page, PASS_PAGE, reader);

    return rc < 0 || page->more ? rc : pass_next(a, a->at.arg[PASS_WEAK]);
}
