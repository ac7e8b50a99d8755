/* SPDX-License-Identifier: MIT */
/** @file json.h
 * Reading the JSON of a platform's answer, for connectors. */
#ifndef ADSYNC_JSON_H
#define ADSYNC_JSON_H

#include "base.h"
#include "rows.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup json JSON: what an answer says
 * Values are borrowed from an answer, see adsync_response_json, and end with it. NULL is a value that is not there: it may be asked for
 * anything and holds nothing, so that a path needs no check on its way. All functions of this page are [cb]: they work in the slots of
 * a connector.
 * @{ */

/** A value: an object, an array, a text, a number, true, false or null. */
typedef struct adsync_json adsync_json;

/** A member of an object, or of an object in it. Where a key stands twice the first one counts. [cb]
 * @param value may be NULL
 * @param path names joined by dots: "paging.next"
 * @return borrowed; NULL where it is not there, and where it is null
 * @since 0.1 */
const adsync_json *adsync_json_get(const adsync_json *value, const char *path);

/** Walks an array: `for (item = adsync_json_next(list, NULL); item; item = adsync_json_next(list, item))`. [cb]
 * @param list may be NULL, or something else than an array: that has no items
 * @param after an item of it; NULL: before the first
 * @return borrowed; NULL after the last
 * @since 0.1 */
const adsync_json *adsync_json_next(const adsync_json *list, const adsync_json *after);

/** A text as it is, or a number written out: 64-bit ids are exact. [cb]
 * @param value may be NULL
 * @param size gets its length without the NUL that follows it; may be NULL
 * @return borrowed; NULL where it is neither
 * @since 0.1 */
const char *adsync_json_text(const adsync_json *value, size_t *size);

/** A whole number, written as one or as text. [cb]
 * @param value may be NULL
 * @param out gets the number; 0 where it is none
 * @return #ADSYNC_OK, #ADSYNC_E_FORMAT
 * @since 0.1 */
adsync_status adsync_json_int(const adsync_json *value, int64_t *out);

/** How adsync_row_json reads a value. */
enum {
    ADSYNC_READ_TEXT = 1,  /**< text as it is, numbers written out */
    ADSYNC_READ_INT = 2,   /**< a whole number, also as text */
    ADSYNC_READ_MICRO = 3, /**< a decimal, also as text, into micro-units: "12.50" is 12500000. Exact; beyond, rounded half-even */
    ADSYNC_READ_TIME = 4,  /**< ISO 8601 with an offset, or unix seconds */
    ADSYNC_READ_DAY = 5,   /**< 2026-11-20, 20261120, or a time that begins with the first */
    ADSYNC_READ_JSON = 6   /**< the value written again with its members sorted, so that equal values give equal bytes */
};

/** Sets a column from a value. What is not there, and null, leaves the column null: a number that was not told is not 0. A value of
 * another shape fails the task, as no number is better than a wrong one. [cb]
 * @param row borrowed from the call that made it
 * @param column ADSYNC_C_*
 * @param value may be NULL
 * @param read ADSYNC_READ_*
 * @since 0.1 */
void adsync_row_json(adsync_row *row, uint32_t column, const adsync_json *value, uint32_t read);

/** A member and the column that it goes into. A table of these is most of what a connector is. This struct is frozen. */
typedef struct adsync_json_field {
    const char *path; /**< as for adsync_json_get */
    uint32_t column;  /**< ADSYNC_C_* */
    uint32_t read;    /**< ADSYNC_READ_* */
} adsync_json_field;

/** adsync_row_json for each line of a table. [cb]
 * @param row borrowed from the call that made it
 * @param object may be NULL
 * @param fields the table
 * @param n its lines
 * @since 0.1 */
void adsync_row_fields(adsync_row *row, const adsync_json *object, const adsync_json_field *fields, uint32_t n);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
