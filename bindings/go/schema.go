// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"sync"
)

// A Table is one of the tables that a storage keeps, numbered 1 to TableCount. What is in them is asked of the library, so that a
// storage makes its own schema from these answers. Columns and indexes count from 0; index 0 is the key.
type Table uint32

// SchemaVersion gives the version of the tables; it grows with every table or column that is added.
func SchemaVersion() int { return int(C.adsync_schema_version()) }

// TableCount gives how many tables there are.
func TableCount() int { return int(C.adsync_table_count()) }

// String gives the name, for instance "metrics".
func (t Table) String() string { return C.GoString(C.adsync_table_name(C.uint32_t(t))) }

// Since gives the schema version that brought the table.
func (t Table) Since() int { return int(C.adsync_table_since(C.uint32_t(t))) }

// HasOrg says whether column 0 is the organisation's number.
func (t Table) HasOrg() bool { return C.adsync_table_has_org(C.uint32_t(t)) != 0 }

// A TableColumn describes a column of a table.
type TableColumn struct {
	Column
	Kind   ValueKind // unless it is null; key columns are never null
	Max    int       // bytes it holds at most; 0: no limit of its own
	Since  int       // the schema version that brought it
	Sealed bool      // only the vault opens it
}

// Columns describes the columns, the key's first. What it gives is shared: do not change it.
func (t Table) Columns() []TableColumn { return described(t).columns }

// An Index is an order over the rows of a table. A row with a null in one of the first Width columns is not in it.
type Index struct {
	Name    string
	Columns []int // positions in the table: its own, then those of the key that it lacks
	Width   int   // how many are its own
	AllOrgs bool  // it goes over all organisations
	Since   int   // the schema version that brought it
}

type description struct {
	columns []TableColumn
	indexes []Index
}

var descriptions struct {
	sync.Once
	of []description
}

// described asks the library once: its answers never change.
func described(t Table) description {
	descriptions.Do(func() {
		descriptions.of = make([]description, TableCount()+1)
		for table := 1; table < len(descriptions.of); table++ {
			descriptions.of[table] = description{describeColumns(C.uint32_t(table)), describeIndexes(C.uint32_t(table))}
		}
	})
	if int(t) >= len(descriptions.of) {
		return description{}
	}
	return descriptions.of[t]
}

// Indexes describes the indexes of the table, the key as the first one. What it gives is shared: do not change it.
func (t Table) Indexes() []Index { return described(t).indexes }

func describeColumns(table C.uint32_t) []TableColumn {
	columns := make([]TableColumn, C.adsync_table_width(table))
	for i := range columns {
		at := C.uint32_t(i)
		columns[i] = TableColumn{
			Column: Column(C.adsync_table_column(table, at)),
			Kind:   ValueKind(C.adsync_table_column_kind(table, at)),
			Max:    int(C.adsync_table_column_max(table, at)),
			Since:  int(C.adsync_table_column_since(table, at)),
			Sealed: C.adsync_table_column_sealed(table, at) != 0,
		}
	}
	return columns
}

func describeIndexes(table C.uint32_t) []Index {
	all := make([]Index, C.adsync_table_indexes(table))
	for i := range all {
		at := C.uint32_t(i)
		all[i] = Index{
			Name:    C.GoString(C.adsync_index_name(table, at)),
			Width:   int(C.adsync_index_width(table, at)),
			AllOrgs: C.adsync_index_all_orgs(table, at) != 0,
			Since:   int(C.adsync_index_since(table, at)),
		}
		for n := C.uint32_t(0); ; n++ {
			column := C.adsync_index_column(table, at, n)
			if column == C.UINT32_MAX {
				break
			}
			all[i].Columns = append(all[i].Columns, int(column))
		}
	}
	return all
}

// KeyWidth gives how many columns the key has; they are the table's first.
func (t Table) KeyWidth() int {
	if all := t.Indexes(); len(all) > 0 {
		return all[0].Width
	}
	return 0
}

// A Range is one stretch of an index.
type Range struct {
	Table        Table
	Index        int     // 0: the key
	Flags        uint32  // RangeDescending, RangeExclusive, RangeAllOrgs
	Limit        int     // at most so many rows
	Columns      int     // how many leading columns are wanted; 0: all. More are fine
	Lower, Upper []Value // a prefix of the index' columns each, compared over its own length; empty: open
}

func (r *Range) columns() *Index { return &r.Table.Indexes()[r.Index] }

// Compare says which of two rows comes first in a scan. The rows' values stand in column order, as far as index and key reach.
func (r *Range) Compare(a, b []Value) int {
	diff := 0
	for _, column := range r.columns().Columns {
		if diff = a[column].Compare(b[column]); diff != 0 {
			break
		}
	}
	if r.Flags&RangeDescending != 0 {
		return -diff
	}
	return diff
}

func (r *Range) bound(row, bound []Value) int {
	for i, column := range r.columns().Columns {
		if i == len(bound) {
			break
		}
		if diff := row[column].Compare(bound[i]); diff != 0 {
			return diff
		}
	}
	return 0
}

// NotInIndex is what Place answers for a row that is not in the index.
const NotInIndex = 2

// Place says where a row stands in a scan: -1 before the range, 0 in it, 1 after it, NotInIndex.
func (r *Range) Place(row []Value) int {
	index := r.columns()
	for _, column := range index.Columns[:index.Width] {
		if row[column].Kind == ValueNull {
			return NotInIndex
		}
	}
	down, exclusive := r.Flags&RangeDescending != 0, r.Flags&RangeExclusive != 0
	low, high := 1, -1
	if len(r.Lower) > 0 {
		low = r.bound(row, r.Lower)
	}
	if len(r.Upper) > 0 {
		high = r.bound(row, r.Upper)
	}
	if low < 0 || (low == 0 && exclusive && !down) {
		return sign(!down, false)
	}
	if high > 0 || (high == 0 && exclusive && down) {
		return sign(down, false)
	}
	return 0
}

// A Change is one change of a commit.
type Change struct {
	Op       uint32 // ChangePut, ChangeDelete, ChangeCheck
	Table    Table
	Expected int64   // the version that must stand, ExpectAny or ExpectAbsent
	Version  int64   // of a put: the row's new version; 0 given to Store.Commit: it is drawn
	Values   []Value // the key's columns first; of a put the row's first columns, whose later ones keep their value
}
