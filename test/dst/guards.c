/* SPDX-License-Identifier: MIT */
/* Which guard of the library is off: this program is linked with the guarded files built anew, so that it can say so. */
#include "base/switch.h"
#include "dst.h"

uint32_t adsync__switched_off;

static const struct {
    const char *name;
    uint32_t bit;
} guards_known[] = {
    { "fence", ADSYNC__SWITCH_FENCE },       { "lane", ADSYNC__SWITCH_LANE },         { "sorted", ADSYNC__SWITCH_SORTED },
    { "evidence", ADSYNC__SWITCH_EVIDENCE }, { "tail", ADSYNC__SWITCH_TAIL },         { "generation", ADSYNC__SWITCH_GENERATION },
    { "cursor", ADSYNC__SWITCH_CURSOR },     { "deadline", ADSYNC__SWITCH_DEADLINE }, { "state", ADSYNC__SWITCH_STATE },
    { "proof", ADSYNC__SWITCH_PROOF },       { "stored", ADSYNC__SWITCH_STORED },     { "replace", ADSYNC__SWITCH_REPLACE },
    { "permit", ADSYNC__SWITCH_PERMIT },     { "catch-up", ADSYNC__SWITCH_CATCH_UP },
    { "revision", ADSYNC__SWITCH_REVISION }, { "org", ADSYNC__SWITCH_ORG },
    { "share", ADSYNC__SWITCH_SHARE },
};

const char *guards_name(uint32_t i) { return i < sizeof guards_known / sizeof *guards_known ? guards_known[i].name : NULL; }

const char *guards_scene(const char *name) { return strcmp(name, "org") ? NULL : "erase"; }

bool guards_set(const char *name)
{
    adsync__switched_off = 0;
    for (uint32_t i = 0; name && i < sizeof guards_known / sizeof *guards_known; i++)
        if (!strcmp(guards_known[i].name, name)) adsync__switched_off = guards_known[i].bit;
    return !name || adsync__switched_off;
}
