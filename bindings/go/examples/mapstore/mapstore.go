// SPDX-License-Identifier: MIT

// Package mapstore is a storage in plain Go: maps, a mutex, and for each index a sorted list. It keeps every promise but those about
// outliving the process. doc/storage.md is the contract.
//
// It has no clock: one process has one already, the host's, and where that is a simulated one the system's would be a lie.
//
// A Shelf holds the rows; each Storage is one way to it, as a connection is to a database.
package mapstore

import (
	"sort"
	"strconv"
	"sync"

	"adsync"
)

// Flags say what a shelf cannot promise.
const Flags = adsync.StorageVolatile | adsync.StorageOneProcess | adsync.StorageNotPowerSafe

type row struct {
	version int64
	values  []adsync.Value
}

type table struct {
	rows    map[string]*row
	indexes [][]*row // in the order of each index
}

// A Shelf holds rows.
type Shelf struct {
	mutex  sync.Mutex
	tables map[adsync.Table]*table
	fault  fault
}

// fault is one call that fails, for the kit.
type fault struct {
	in    int64
	after bool
}

// New makes an empty shelf.
func New() *Shelf { return &Shelf{tables: map[adsync.Table]*table{}} }

// Open gives a way to the shelf.
func (s *Shelf) Open() (adsync.Storage, error) { return storage{s}, nil }

// Wipe empties the shelf.
func (s *Shelf) Wipe() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tables = map[adsync.Table]*table{}
	return nil
}

// FailAt has the n-th call from now fail, for the kit.
func (s *Shelf) FailAt(n int64, after bool) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.fault = fault{n, after}
	return nil
}

// due says whether this call is the one to fail.
func (s *Shelf) due() bool {
	if s.fault.in == 0 {
		return false
	}
	s.fault.in--
	return s.fault.in == 0
}

func (s *Shelf) table(number adsync.Table) *table {
	t := s.tables[number]
	if t == nil {
		t = &table{map[string]*row{}, make([][]*row, len(number.Indexes()))}
		s.tables[number] = t
	}
	return t
}

// keyOf packs a key so that two keys are never the same text.
func keyOf(values []adsync.Value) string {
	var key []byte
	for _, v := range values {
		if v.Kind == adsync.ValueInt {
			key = append(strconv.AppendInt(key, v.Int, 10), ';')
			continue
		}
		key = append(strconv.AppendInt(key, int64(len(v.Text)), 10), ':')
		key = append(key, v.Text...)
	}
	return string(key)
}

// place finds where a row stands, or would, in an index.
func (t *table) place(number adsync.Table, index int, values []adsync.Value) int {
	order := adsync.Range{Table: number, Index: index}
	list := t.indexes[index]
	return sort.Search(len(list), func(i int) bool { return order.Compare(list[i].values, values) >= 0 })
}

// set puts, replaces or (new is nil) removes a row in all indexes.
func (t *table) set(number adsync.Table, key string, old, new *row) {
	for i := range t.indexes {
		in := adsync.Range{Table: number, Index: i}
		if old != nil && new != nil && in.Place(new.values) == 0 && in.Compare(old.values, new.values) == 0 {
			t.indexes[i][t.place(number, i, new.values)] = new
			continue
		}
		if old != nil && in.Place(old.values) == 0 {
			at := t.place(number, i, old.values)
			t.indexes[i] = append(t.indexes[i][:at], t.indexes[i][at+1:]...)
		}
		if new != nil && in.Place(new.values) == 0 {
			at := t.place(number, i, new.values)
			t.indexes[i] = append(t.indexes[i], nil)
			copy(t.indexes[i][at+1:], t.indexes[i][at:])
			t.indexes[i][at] = new
		}
	}
	if new == nil {
		delete(t.rows, key)
	} else {
		t.rows[key] = new
	}
}

type storage struct{ shelf *Shelf }

func (s storage) Read(number adsync.Table, _ int, keys [][]adsync.Value, rows *adsync.Sink) error {
	s.shelf.mutex.Lock()
	defer s.shelf.mutex.Unlock()
	if s.shelf.due() {
		return adsync.ErrStorage
	}
	for _, key := range keys {
		if r := s.shelf.table(number).rows[keyOf(key)]; r != nil {
			if err := rows.Row(r.version, r.values); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s storage) Scan(r *adsync.Range, rows *adsync.Sink) error {
	s.shelf.mutex.Lock()
	defer s.shelf.mutex.Unlock()
	if s.shelf.due() {
		return adsync.ErrStorage
	}
	list := s.shelf.table(r.Table).indexes[r.Index]
	at := func(i int) *row { return list[i] }
	if r.Flags&adsync.RangeDescending != 0 {
		at = func(i int) *row { return list[len(list)-1-i] }
	}
	first := sort.Search(len(list), func(i int) bool { return r.Place(at(i).values) >= 0 })
	for i := first; i < len(list) && i < first+r.Limit && r.Place(at(i).values) == 0; i++ {
		if err := rows.Row(at(i).version, at(i).values); err != nil {
			return err
		}
	}
	return nil
}

func holds(change adsync.Change, old *row) bool {
	switch {
	case change.Expected == adsync.ExpectAny:
		return true
	case change.Expected == adsync.ExpectAbsent:
		return old == nil
	}
	return old != nil && old.version == change.Expected
}

func (s storage) Commit(changes []adsync.Change) error {
	s.shelf.mutex.Lock()
	defer s.shelf.mutex.Unlock()
	due := s.shelf.due()
	if due && !s.shelf.fault.after {
		return adsync.ErrRetry
	}
	var conflicts adsync.Conflicts
	for i, change := range changes {
		if !holds(change, s.shelf.table(change.Table).rows[keyOf(change.Values[:change.Table.KeyWidth()])]) {
			conflicts = append(conflicts, i)
		}
	}
	if conflicts != nil {
		return conflicts
	}
	for _, change := range changes {
		t, key := s.shelf.table(change.Table), keyOf(change.Values[:change.Table.KeyWidth()])
		old := t.rows[key]
		switch change.Op {
		case adsync.ChangePut:
			t.set(change.Table, key, old, merged(change, old))
		case adsync.ChangeDelete:
			t.set(change.Table, key, old, nil)
		}
	}
	if due {
		return adsync.ErrUncertain
	}
	return nil
}

// merged is what a put makes: the columns it brings, then the old row's, then nulls.
func merged(put adsync.Change, old *row) *row {
	values := make([]adsync.Value, len(put.Table.Columns()))
	if old != nil {
		copy(values, old.values)
	}
	copy(values, put.Values)
	return &row{put.Version, values}
}

func (s storage) Close() error { return nil }

// Erase deletes rows by the first columns of their key.
func (s storage) Erase(number adsync.Table, prefix []adsync.Value, limit int) (left bool, err error) {
	s.shelf.mutex.Lock()
	defer s.shelf.mutex.Unlock()
	t, these := s.shelf.table(number), adsync.Range{Table: number, Lower: prefix, Upper: prefix}
	first := sort.Search(len(t.indexes[0]), func(i int) bool { return these.Place(t.indexes[0][i].values) >= 0 })
	there := func() bool { return first < len(t.indexes[0]) && these.Place(t.indexes[0][first].values) == 0 }
	for ; limit > 0 && there(); limit-- {
		old := t.indexes[0][first]
		t.set(number, keyOf(old.values[:number.KeyWidth()]), old, nil)
	}
	return there(), nil
}
