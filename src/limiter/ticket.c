/* SPDX-License-Identifier: MIT */
/* Tickets: what was taken, until it is settled. Those that hold something lie in a map of their own; the others in a ring that grows
 * while it is full of open ones, up to 32,768: a host need not settle what cost what it took. */
#include "limiter_int.h"

#include <inttypes.h>

enum { TICKET_LEAST = 256, TICKET_MOST = 32768 };

static adsync__limit_ticket *ticket_slot(const adsync_limiter *limiter, int64_t id)
{
    return &limiter->tickets[id & (limiter->tickets_room - 1)];
}

static bool ticket_grow(adsync_limiter *limiter)
{
    uint32_t room = limiter->tickets_room ? limiter->tickets_room * 2 : TICKET_LEAST;
    adsync__limit_ticket *grown = adsync__alloc_zero(room, sizeof *grown);

    if (!grown) return false;
    for (uint32_t i = 0; i < limiter->tickets_room; i++)
        grown[limiter->tickets[i].id & (room - 1)] = limiter->tickets[i];
    adsync__free(limiter->tickets);
    limiter->tickets = grown;
    limiter->tickets_room = room;
    return true;
}

static adsync__limit_ticket *ticket_held(adsync_limiter *limiter)
{
    adsync__limit_ticket *ticket = adsync__alloc_zero(1, sizeof *ticket);

    if (!ticket) return NULL;
    ticket->id = limiter->next_ticket;
    ticket->held = 1;
    if (adsync__map_put(&limiter->held, &ticket->id, sizeof ticket->id, ticket)) return ticket;
    adsync__free(ticket);
    return NULL;
}

adsync__limit_ticket *adsync__limit_ticket_new(adsync_limiter *limiter, bool held)
{
    adsync__limit_ticket *ticket;

    if (held) return ticket_held(limiter);
    if (!limiter->tickets_room && !ticket_grow(limiter)) return NULL;
    if (ticket_slot(limiter, limiter->next_ticket)->id && limiter->tickets_room < TICKET_MOST && !ticket_grow(limiter)) return NULL;
    ticket = ticket_slot(limiter, limiter->next_ticket);
    ticket->id = limiter->next_ticket;
    ticket->held = 0;
    return ticket;
}

static adsync__limit_ticket *ticket_find(adsync_limiter *limiter, int64_t id)
{
    adsync__limit_ticket *ticket = adsync__map_find(&limiter->held, &id, sizeof id);

    if (ticket || id <= 0 || !limiter->tickets_room) return ticket;
    ticket = ticket_slot(limiter, id);
    return ticket->id == id ? ticket : NULL;
}

void adsync__limit_ticket_drop(adsync_limiter *limiter, adsync__limit_ticket *ticket)
{
    if (!ticket->held) {
        ticket->id = 0;
        return;
    }
    (void)adsync__map_take(&limiter->held, &ticket->id, sizeof ticket->id);
    adsync__free(ticket);
}

static void settle_part(adsync_limiter *limiter, const adsync__limit_ticket *ticket, uint32_t i, int64_t used)
{
    const adsync__limit_part *part = &ticket->parts[i];
    adsync__limit_key *key = limiter->keys[part->key];
    int64_t m = adsync__limit_now(limiter);
    bool held = false;

    if (used < 0 || (used && i + 1 < ticket->n)) used = part->units;
    for (uint32_t k = 0; k < key->n_windows; k++) {
        adsync__limit_window_settle(&key->windows[k], part->units, (uint32_t)used, ticket->taken, m);
        held |= key->windows[k].how == LIMITER_HELD || key->windows[k].debt;
    }
    if (held) adsync__limit_due(limiter, key);
}

static adsync_status settle_locked(adsync_limiter *limiter, int64_t id, int64_t units_used, adsync_error **error)
{
    adsync__limit_ticket *ticket = ticket_find(limiter, id);

    if (!ticket)
        return adsync__fail(error, ADSYNC_E_NOT_FOUND, "limit.ticket",
                            "there is no open ticket %" PRId64 ": it was settled, is too old, or never was", id);
    for (uint32_t i = 0; i < ticket->n; i++)
        settle_part(limiter, ticket, i, units_used);
    adsync__limit_ticket_drop(limiter, ticket);
    return ADSYNC_OK;
}

adsync_status adsync_limiter_settle(adsync_limiter *limiter, int64_t ticket, int64_t units_used, adsync_error **error)
{
    adsync_status rc;

    if (units_used < ADSYNC_SETTLE_AS_TAKEN || units_used > INT32_MAX)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.units", "units_used is 0 to 2^31-1, or ADSYNC_SETTLE_AS_TAKEN");
    if ((rc = adsync__limit_enter(limiter, "adsync_limiter_settle", error)) < 0) return rc;
    rc = settle_locked(limiter, ticket, units_used, error);
    adsync__limit_leave(limiter);
    return rc;
}
