// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"io"
	"runtime/cgo"
	"time"
	"unsafe"
)

// A Storage keeps rows; doc/storage.md is the contract, CheckStorage proves it. NewStorage makes a Store of it. The methods run on
// whatever goroutine called the library, one at a time for each Store; many Stores of the same rows work at once. There is no context:
// what the library began it must be able to end, so give your database a time-out of its own.
//
// An error fails the call with ErrHost and comes back as the cause of the caller's error; answer ErrStorage, ErrRetry, ErrUncertain,
// ErrTooBig or ErrUnsupported, alone or wrapped with %w, where doc/storage.md asks for one. In all but ErrUncertain nothing was applied.
type Storage interface {
	// Read answers the rows that exist of a list of keys, in any order: at least their first columns, as many as are wanted.
	Read(table Table, columns int, keys [][]Value, rows *Sink) error
	// Scan answers the rows of a range, in order, at most r.Limit: committed ones only, each whole.
	Scan(r *Range, rows *Sink) error
	// Commit applies all changes or none. They come sorted by table and key, one per key. Where some do not hold it answers Conflicts
	// with the positions of all of them. nil: durable, and visible to every later read.
	Commit(changes []Change) error
	// Close: the Store is gone.
	io.Closer
}

// A Notifier is a Storage that tells other processes when a commit made work due.
type Notifier interface{ Notify() }

// A Watcher is a Storage with a descriptor that is readable when another process notified, and can make it quiet again.
type Watcher interface {
	WatchFD() int // -1: none
	WatchClear()
}

// An Eraser is a Storage that deletes many rows by the first columns of their key, at most limit of them; left: some are left.
type Eraser interface {
	Erase(table Table, prefix []Value, limit int) (left bool, err error)
}

// A DropperBefore is a Storage that drops what is wholly older than a time.
type DropperBefore interface {
	DropBefore(table Table, t time.Time) error
}

// A Timer is a Storage with a clock of its own.
type Timer interface{ Now() (time.Time, error) }

// StorageOptions say what a Storage cannot promise and how much it takes.
type StorageOptions struct {
	Flags      uint32 // StorageVolatile, StorageOneProcess, StorageNotPowerSafe
	MaxChanges int    // of one commit; 0: 2,000; at least 100
	MaxBytes   int    // of one commit; 0: 4 MiB; at least 2 MiB
}

// A Store is a place to keep rows, and the checked way to them: its own methods serve tests and tools, engines use it whole. It may be
// used by many goroutines, which take turns; for work at once open several.
type Store struct {
	c *C.adsync_storage
	*gate
}

var _ io.Closer = (*Store)(nil)

// AdoptStore takes over what a C adapter's open function answered: its status, the adsync_storage and the adsync_error. It is for
// packages that bind an adapter, such as adsync/sqlite.
func AdoptStore(status int32, storage, words unsafe.Pointer) (*Store, error) {
	if err := failure(C.adsync_status(status), (*C.adsync_error)(words)); err != nil {
		return nil, err
	}
	return &Store{(*C.adsync_storage)(storage), newGate()}, nil
}

// AdoptText takes over text that a C adapter gave, like AdoptStore: its adsync_bytes are copied and freed.
func AdoptText(status int32, text, words unsafe.Pointer) (string, error) {
	p := takeBytes((*C.adsync_bytes)(text))
	return string(p), failure(C.adsync_status(status), (*C.adsync_error)(words))
}

// OpenMemory opens a storage in this process' memory, or one more handle on the rows of another one.
func OpenMemory(sameRows *Store) (*Store, error) {
	var same, out *C.adsync_storage
	if sameRows != nil {
		same = sameRows.c
	}
	var words *C.adsync_error
	rc := C.adsync_memory_open(same, &out, &words)
	return AdoptStore(int32(rc), unsafe.Pointer(out), unsafe.Pointer(words))
}

// NewStorage makes a Store of a Storage. After a failure Close was not called.
func NewStorage(storage Storage, options StorageOptions) (*Store, error) {
	out, rc, words := newStorage(storage, options)
	return AdoptStore(int32(rc), unsafe.Pointer(out), unsafe.Pointer(words))
}

func newStorage(storage Storage, options StorageOptions) (out *C.adsync_storage, rc C.adsync_status, words *C.adsync_error) {
	limits := C.adsync_storage_ops{flags: C.uint32_t(options.Flags), max_changes: C.uint32_t(options.MaxChanges),
		max_bytes: C.uint32_t(options.MaxBytes)}
	handle := cgo.NewHandle(storage)
	if rc = C.bridge_storage_new(C.uintptr_t(handle), slotsOf(storage), &limits, &out, &words); rc < 0 {
		handle.Delete()
	}
	return out, rc, words
}

func slotsOf(storage Storage) (slots C.uint32_t) {
	if _, ok := storage.(Notifier); ok {
		slots |= C.BRIDGE_NOTIFY
	}
	if _, ok := storage.(Watcher); ok {
		slots |= C.BRIDGE_WATCH
	}
	if _, ok := storage.(Eraser); ok {
		slots |= C.BRIDGE_ERASE
	}
	if _, ok := storage.(DropperBefore); ok {
		slots |= C.BRIDGE_DROP
	}
	if _, ok := storage.(Timer); ok {
		slots |= C.BRIDGE_NOW
	}
	return slots
}

// Close lets go of the store. Engines and vaults that use it keep it alive.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	_, err := s.use(context.Background(), func(**C.adsync_error) C.adsync_status {
		C.adsync_storage_free(s.c)
		s.c = nil
		return C.ADSYNC_OK
	})
	return err
}

// Org gives the number of an organisation, which leads the keys of all its rows; add: add it if it is not there.
func (s *Store) Org(ctx context.Context, org string, add bool) (int64, error) {
	var t texts
	defer t.free()
	name, flag, number := t.must(org), C.uint32_t(0), C.int64_t(0)
	if t.err != nil {
		return 0, t.err
	}
	if add {
		flag = 1
	}
	_, err := s.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_storage_org(s.c, name, flag, &number, words)
	})
	return int64(number), err
}

var errMemory = &Error{Status: ErrMemory, Name: "memory", Message: "out of memory"}

// cValues copies values into C's memory.
func cValues(values []Value) *C.adsync_value {
	if len(values) == 0 {
		return nil
	}
	flat := appendValues(nil, values)
	p := C.bridge_values(unsafe.Pointer(&flat[0]), C.size_t(len(flat)), C.uint32_t(len(values)))
	if p == nil {
		panic(errMemory)
	}
	return p
}

// Read reads rows by key: the first columns (0: all; the key's always come), then ColVersion. org is an organisation's number, 0 for
// the system's own tables.
func (s *Store) Read(ctx context.Context, org int64, table Table, columns int, keys ...[]Value) (*Rows, error) {
	var flat []Value
	for _, key := range keys {
		if len(key) != table.KeyWidth() {
			return nil, &Error{Status: ErrInvalid, Name: "storage.key", Message: "a key does not have the width of its table's"}
		}
		flat = append(flat, key...)
	}
	values := cValues(flat)
	defer C.bridge_free(unsafe.Pointer(values))
	var out *C.adsync_rows
	_, err := s.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_storage_read(s.c, C.int64_t(org), C.uint32_t(table), C.uint32_t(columns), values, C.uint32_t(len(keys)), &out, words)
	})
	return newRows(out), err
}

// Scan reads a stretch of an index in order. Both bounds start with the organisation's number, unless the range is flagged RangeAllOrgs.
func (s *Store) Scan(ctx context.Context, org int64, r Range) (*Rows, error) {
	lower, upper := cValues(r.Lower), cValues(r.Upper)
	defer C.bridge_free(unsafe.Pointer(lower))
	defer C.bridge_free(unsafe.Pointer(upper))
	c := C.adsync_range{table: C.uint32_t(r.Table), index: C.uint32_t(r.Index), flags: C.uint32_t(r.Flags), limit: C.uint32_t(r.Limit),
		columns: C.uint32_t(r.Columns), n_lower: C.uint32_t(len(r.Lower)), n_upper: C.uint32_t(len(r.Upper)), lower: lower, upper: upper}
	var out *C.adsync_rows
	_, err := s.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_storage_scan(s.c, C.int64_t(org), &c, &out, words)
	})
	return newRows(out), err
}

// Commit commits changes, all or none, in any order, one per key. Where some do not hold, errors.As finds Conflicts with their positions.
func (s *Store) Commit(ctx context.Context, org int64, changes ...Change) error {
	list := make([]C.adsync_change, len(changes), len(changes)+1)
	for i, change := range changes {
		values := cValues(change.Values)
		defer C.bridge_free(unsafe.Pointer(values))
		list[i] = C.adsync_change{op: C.uint32_t(change.Op), table: C.uint32_t(change.Table), expected: C.int64_t(change.Expected),
			version: C.int64_t(change.Version), values: values, n_values: C.uint32_t(len(change.Values))}
	}
	var out *C.adsync_rows
	_, err := s.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_storage_commit(s.c, C.int64_t(org), &list[:1][0], C.uint32_t(len(list)), &out, words)
	})
	if conflicts := newRows(out); conflicts != nil {
		var positions Conflicts
		for conflicts.Next() {
			positions = append(positions, int(conflicts.Int(ColChange)))
		}
		err.(*Error).cause = positions
	}
	return err
}
