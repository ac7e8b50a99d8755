/* SPDX-License-Identifier: MIT */
/*
 * Rolling windows that count what really arrived. Sixty slots each, or one for each second of a shorter one: a unit leaves the count a
 * window after it came, give or take a slot.
 */
#include "core.h"

#include <stdlib.h>

#define SLOTS 60
#define WINDOWS_KEPT 16384

static int64_t limit_slot(const sim_window *window) { return window->window >= SLOTS ? window->window / SLOTS : 1; }

static int64_t limit_slots(const sim_window *window) { return window->window >= SLOTS ? SLOTS : window->window; }

/* moves the window to now: what is older than it leaves the count */
static void limit_turn(sim_window *window, int64_t now)
{
    int64_t at = now / limit_slot(window), passed = at - window->slot_at, slots = limit_slots(window);

    if (passed < 0 || passed >= slots) {
        memset(window->slots, 0, sizeof window->slots);
        window->total = 0;
    }
    for (int64_t i = 1; passed > 0 && passed < slots && i <= passed; i++) {
        uint32_t *slot = &window->slots[(window->slot_at + i) % slots];

        window->total -= *slot;
        *slot = 0;
    }
    window->slot_at = at;
}

static void limit_sweep(sim_world *sim)
{
    int64_t now = sim_now(sim);

    for (size_t i = 0; i < SIM_COUNT(sim->windows); i++) {
        for (sim_window **at = &sim->windows[i]; *at;) {
            sim_window *window = *at;

            if (sim_window_used(window, now) || window->blocked_until > now) {
                at = &window->next;
                continue;
            }
            *at = window->next;
            free(window);
        }
    }
}

sim_window *sim_window_get(sim_world *sim, uint64_t key, int64_t span)
{
    sim_window **bucket = &sim->windows[key % SIM_COUNT(sim->windows)];
    static size_t made;
    sim_window *window;

    for (window = *bucket; window; window = window->next) {
        if (window->key == key && window->window == span) return window;
    }
    if (++made % WINDOWS_KEPT == 0) limit_sweep(sim);
    window = sim_need(calloc(1, sizeof *window));
    window->key = key;
    window->window = span;
    window->next = *bucket;
    *bucket = window;
    return window;
}

int64_t sim_window_used(sim_window *window, int64_t now)
{
    limit_turn(window, now);
    return window->total;
}

void sim_window_charge(sim_window *window, int64_t now, int64_t units)
{
    limit_turn(window, now);
    window->slots[window->slot_at % limit_slots(window)] += (uint32_t)units;
    window->total += units;
    window->tally += units;
}

int64_t sim_window_frees_in(sim_window *window, int64_t now, int64_t allowed)
{
    int64_t left, slots = limit_slots(window);

    limit_turn(window, now);
    left = window->total;
    if (left < allowed) return 0;
    for (int64_t i = 1; i <= slots; i++) {
        left -= window->slots[(window->slot_at + i) % slots];
        if (left < allowed) return (window->slot_at + i) * limit_slot(window) - now;
    }
    return window->window;
}

void sim_windows_clear(sim_world *sim)
{
    for (size_t i = 0; i < SIM_COUNT(sim->windows); i++) {
        while (sim->windows[i]) {
            sim_window *next = sim->windows[i]->next;

            free(sim->windows[i]);
            sim->windows[i] = next;
        }
    }
}

int64_t sim_scaled(const sim_world *sim, int64_t allowed)
{
    allowed = allowed * sim->options.limit_scale / 100;
    return allowed < 1 ? 1 : allowed;
}

bool sim_window_take(sim_world *sim, sim_answer *answer, const char *name, sim_window *window, int64_t allowed, int64_t *left)
{
    int64_t now = sim_now(sim), used = sim_window_used(window, now);
    bool over;

    allowed = sim_scaled(sim, allowed);
    over = used >= allowed && strcmp(sim->options.tier, "off") != 0;
    if (!over) sim_window_charge(window, now, 1);
    *left = allowed - used - 1 > 0 ? allowed - used - 1 : 0;
    sim_json_key(&answer->permits, name);
    sim_json_open(&answer->permits, '{');
    sim_json_pair_int(&answer->permits, "used", used + !over);
    sim_json_pair_int(&answer->permits, "allowed", allowed);
    sim_json_pair_bool(&answer->permits, "refused", over);
    sim_putc(&answer->permits, '}');
    return !over;
}
