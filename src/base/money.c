/* SPDX-License-Identifier: MIT */
#include "decimal.h"

typedef struct money_group {
    uint32_t decimals;
    const char *codes; /* three letters each, with a blank after them */
} money_group;

/* ISO 4217, list one: every currency whose minor unit is not a hundredth. */
static const money_group money_groups[] = {
    { 0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF " },
    { 3, "BHD IQD JOD KWD LYD OMR TND " },
    { 4, "CLF UYW " },
};

uint32_t adsync__currency_decimals(const char *currency)
{
    if (!currency || strlen(currency) != 3) return 2;
    for (size_t i = 0; i < ADSYNC__COUNT(money_groups); i++)
        for (const char *code = money_groups[i].codes; *code; code += 4)
            if (!strncmp(code, currency, 3)) return money_groups[i].decimals;
    return 2;
}

static size_t money_put(char *out, size_t size, size_t at, char c)
{
    if (at < size) out[at] = c;
    return at + 1;
}

size_t adsync_money_text(int64_t micros, const char *currency, char *out, size_t size)
{
    char amount[ADSYNC__DECIMAL_ROOM];
    size_t at = 0;
    uint32_t decimals = adsync__currency_decimals(currency), have = 0;
    const char *point;

    if (!out) size = 0;
    (void)adsync__decimal_write(micros, ADSYNC__DECIMAL_MICRO, amount);
    for (const char *p = amount; *p; p++) at = money_put(out, size, at, *p);
    point = strchr(amount, '.');
    if (point) have = (uint32_t)strlen(point + 1);
    if (!point && decimals) at = money_put(out, size, at, '.');
    for (; have < decimals; have++) at = money_put(out, size, at, '0');
    if (currency && *currency) {
        at = money_put(out, size, at, ' ');
        for (; *currency; currency++) at = money_put(out, size, at, *currency);
    }
    if (size) out[at < size ? at : size - 1] = 0;
    return at;
}
