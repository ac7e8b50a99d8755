/* SPDX-License-Identifier: MIT */
/* What answers say. Tightening is at once; relaxing goes by these rules and no others:
 *
 *   a block ends when it said it would                       (REMAINING 0, BLOCKED, USED_PERCENT from 100, REFUSED)
 *   the pace heals by an eighth of the full one a minute      (USED_PERCENT above 75, REFUSED)
 *   a run of refusals is over 60 s after its last silence     (REFUSED) */
#include "limiter_int.h"

#include <inttypes.h>

#define LEARN_HEAL (60 * LIMITER_SECOND)
#define LEARN_RUN (60 * LIMITER_SECOND)

enum { LEARN_STEP = LIMITER_PACE / 8, LEARN_SLOW = 75, LEARN_STOP = 100, LEARN_NOTABLE = LIMITER_PACE / 20, LEARN_AFTER = 250 };

uint32_t adsync__limit_pace(const adsync__limit_learned *learned, int64_t now)
{
    int64_t steps = now > learned->pace_since ? (now - learned->pace_since) / LEARN_HEAL : 0;

    if (!learned->pace_since || steps >= LIMITER_PACE / LEARN_STEP) return LIMITER_PACE;
    steps = learned->pace + steps * LEARN_STEP;
    return steps < LIMITER_PACE ? (uint32_t)steps : LIMITER_PACE;
}

void adsync__limit_merge(adsync__limit_learned *into, const adsync__limit_learned *other, int64_t now)
{
    if (other->blocked > into->blocked) into->blocked = other->blocked;
    if (adsync__limit_pace(other, now) < adsync__limit_pace(into, now)) {
        into->pace = other->pace;
        into->pace_since = other->pace_since;
    }
    if (other->refused_until + LEARN_RUN <= now) return;
    if (into->refused_until + LEARN_RUN <= now || other->refused > into->refused) into->refused = other->refused;
    if (other->refused_until > into->refused_until) into->refused_until = other->refused_until;
}

void adsync__limit_follow(adsync_limiter *limiter, adsync__limit_key *key, int64_t m)
{
    const adsync__limit_clock *clock = &limiter->clock;
    int64_t left = key->learned.blocked - clock->t;

    key->blocked = left > 0 ? clock->m1 + left : 0;
    if (key->blocked <= m) key->blocked = 0;
}

static bool learn_block(adsync__limit_key *key, int64_t until)
{
    if (until <= key->learned.blocked) return false;
    key->learned.blocked = until;
    return true;
}

/* Leases were made at the old pace: they end, and the next ones are smaller. */
static bool learn_pace(adsync__limit_key *key, uint32_t pace, int64_t since, int64_t now)
{
    uint32_t was = adsync__limit_pace(&key->learned, now);

    if (pace >= was) return false;
    key->learned.pace = pace;
    key->learned.pace_since = since;
    if (was - pace < LEARN_NOTABLE) return false;
    for (uint32_t i = 0; i < key->n_windows; i++)
        if (key->windows[i].how == LIMITER_LOT || key->windows[i].how == LIMITER_RATE) key->windows[i].shut = 1;
    return true;
}

static bool learn_percent(adsync__limit_key *key, int64_t value, int64_t reset, int64_t now)
{
    int64_t until = reset ? reset : now + 60 * LIMITER_SECOND;

    if (value <= LEARN_SLOW) return false;
    if (value < LEARN_STOP) return learn_pace(key, (uint32_t)((LEARN_STOP - value) * LIMITER_PACE / (LEARN_STOP - LEARN_SLOW)), now, now);
    (void)learn_pace(key, LEARN_AFTER, until, now);
    return learn_block(key, until);
}

static bool learn_remaining(const adsync_limiter *limiter, adsync__limit_key *key, int64_t value, int64_t reset, int64_t now)
{
    int64_t until = reset ? reset : now + 60 * LIMITER_SECOND, m_until = limiter->clock.m1 + (until - limiter->clock.t);
    uint32_t left = value > INT32_MAX ? INT32_MAX : (uint32_t)value;
    const adsync__limit_window *w = adsync__limit_subject(key);

    if (m_until > key->cap_until + LIMITER_SECOND || left < key->cap_left) key->cap_left = left;
    if (m_until > key->cap_until) key->cap_until = m_until;
    if (!left) return learn_block(key, until);
    if (reset) {
        key->left = key->left < 0 || left < key->left ? left : key->left;
        key->reset = reset;
    }
    return w && left + w->permits / 16 < (uint64_t)w->room + w->units - w->used; /* much less than all together think they have */
}

static bool learn_refused(adsync__limit_key *key, int64_t reset, int64_t now)
{
    static const int64_t silence[] = { 1, 2, 4, 300 };
    adsync__limit_learned *learned = &key->learned;
    int64_t until;

    if (now < learned->refused_until) return false; /* sent before the silence began: it says nothing new */
    if (now >= learned->refused_until + LEARN_RUN) learned->refused = 0;
    until = now + silence[learned->refused] * LIMITER_SECOND;
    if (learned->refused + 1 < ADSYNC__COUNT(silence)) learned->refused++;
    learned->refused_until = until;
    (void)learn_pace(key, adsync__limit_pace(learned, now) / 4 * 3, now, now);
    (void)learn_block(key, reset > until ? reset : until);
    return true;
}

static adsync_status learn_check(uint32_t reading, int64_t value, int64_t reset_us, adsync_error **error)
{
    if (reading < ADSYNC_READING_USED_PERCENT || reading > ADSYNC_READING_REFUSED)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.reading", "there is no reading %" PRIu32, reading);
    if (value < 0 || reset_us < 0)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.reading", "a reading's value and reset_us are 0 or more");
    if (reading == ADSYNC_READING_REFUSED && value)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.reading", "a refusal has no value");
    if (reading == ADSYNC_READING_BLOCKED && !value && !reset_us)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.reading", "a block needs its end: reset_us, or a value in microseconds");
    return ADSYNC_OK;
}

/* True: the others should know at once. */
static bool learn_apply(adsync_limiter *limiter, adsync__limit_key *key, uint32_t reading, int64_t value, int64_t reset, int64_t now)
{
    if (reset > now + LIMITER_HORIZON) reset = now + LIMITER_HORIZON;
    if (reset <= now) reset = 0;
    if (reading == ADSYNC_READING_USED_PERCENT) return learn_percent(key, value, reset, now);
    if (reading == ADSYNC_READING_REMAINING) return learn_remaining(limiter, key, value, reset, now);
    if (reading == ADSYNC_READING_REFUSED) return learn_refused(key, reset, now);
    if (value > LIMITER_HORIZON) value = LIMITER_HORIZON;
    return learn_block(key, reset > now + value ? reset : now + value);
}

/* Before the first look at the storage's clock the host's has to do. */
static adsync_status learn_clock(adsync_limiter *limiter, int64_t m, adsync_error **error)
{
    adsync_status rc = limiter->looked ? ADSYNC_OK : adsync__limit_look(limiter, error);

    if (rc < 0) limiter->clock = (adsync__limit_clock){ .m0 = m, .m1 = m, .t = limiter->wall_start + m, .leap_before = -1 };
    return rc;
}

static adsync_status learn_locked(adsync_limiter *limiter, const char *name, uint32_t reading, int64_t value, int64_t reset_us,
                                  adsync_error **error)
{
    int64_t m = adsync__limit_now(limiter);
    adsync__limit_key *key;
    adsync_status rc, clock;

    if ((rc = adsync__limit_find(limiter, name, &key, error)) < 0) return rc;
    clock = learn_clock(limiter, m, error);
    if (learn_apply(limiter, key, reading, value, reset_us, adsync__limit_time(limiter, m))) key->dirty = 1;
    adsync__limit_follow(limiter, key, m);
    if (clock >= 0 && key->dirty && m >= key->gate) return adsync__limit_tell(limiter, key, false, error);
    adsync__limit_due(limiter, key);
    return clock;
}

adsync_status adsync_limiter_learn(adsync_limiter *limiter, const char *key, uint32_t reading, int64_t value, int64_t reset_us,
                                   adsync_error **error)
{
    adsync_status rc;

    if ((rc = learn_check(reading, value, reset_us, error)) < 0) return rc;
    if ((rc = adsync__limit_enter(limiter, "adsync_limiter_learn", error)) < 0) return rc;
    rc = learn_locked(limiter, key, reading, value, reset_us, error);
    adsync__limit_leave(limiter);
    return rc;
}
