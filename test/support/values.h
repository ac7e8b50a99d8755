/* SPDX-License-Identifier: MIT */
/* Values and changes in one line, for tests. */
#ifndef ADSYNC_TEST_VALUES_H
#define ADSYNC_TEST_VALUES_H

#include "storage/storage.h"

#define NONE { ADSYNC_VALUE_NULL, 0, 0, NULL }
#define NUMBER(n) { ADSYNC_VALUE_INT, 0, (n), NULL }
#define WORD(literal) { ADSYNC_VALUE_TEXT, sizeof(literal) - 1, 0, literal }
#define OCTETS(literal) { ADSYNC_VALUE_BYTES, sizeof(literal) - 1, 0, literal }

#define PUT(table, expected, values) { ADSYNC_CHANGE_PUT, table, expected, 0, values, ADSYNC__COUNT(values), 0 }
#define DELETE(table, expected, key) { ADSYNC_CHANGE_DELETE, table, expected, 0, key, ADSYNC__COUNT(key), 0 }
#define CHECK(table, expected, key) { ADSYNC_CHANGE_CHECK, table, expected, 0, key, ADSYNC__COUNT(key), 0 }

#endif
