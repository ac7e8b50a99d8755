// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"errors"
	"runtime/cgo"
	"time"
	"unsafe"
)

// The slots of a storage, as bridge.c calls them.

func storageOf(handle C.uintptr_t) any { return cgo.Handle(handle).Value() }

// answerRows ends a read or scan. A row that the library refused: its own words stand, so only the status goes back.
func answerRows(sink *C.adsync_sink, words **C.adsync_error, find func(*Sink) error) C.adsync_status {
	var refused errSink
	rc := guarded(words, func() error {
		rows := &Sink{c: sink}
		err := find(rows)
		if err == nil {
			err = rows.flush()
		}
		if errors.As(err, &refused) {
			return nil
		}
		return err
	})
	if refused != 0 {
		return C.adsync_status(refused)
	}
	return rc
}

//export adsyncGoRead
func adsyncGoRead(handle C.uintptr_t, table, columns C.uint32_t, keys *C.adsync_value, n C.uint32_t, sink *C.adsync_sink,
	words **C.adsync_error) C.adsync_status {
	return answerRows(sink, words, func(rows *Sink) error {
		width := Table(table).KeyWidth()
		all := valuesOf(keys, int(n)*width)
		list := make([][]Value, n)
		for i := range list {
			list[i] = all[i*width : (i+1)*width : (i+1)*width]
		}
		return storageOf(handle).(Storage).Read(Table(table), int(columns), list, rows)
	})
}

//export adsyncGoScan
func adsyncGoScan(handle C.uintptr_t, r *C.adsync_range, sink *C.adsync_sink, words **C.adsync_error) C.adsync_status {
	return answerRows(sink, words, func(rows *Sink) error {
		return storageOf(handle).(Storage).Scan(&Range{Table: Table(r.table), Index: int(r.index), Flags: uint32(r.flags),
			Limit: int(r.limit), Columns: int(r.columns), Lower: valuesOf(r.lower, int(r.n_lower)),
			Upper: valuesOf(r.upper, int(r.n_upper))}, rows)
	})
}

//export adsyncGoCommit
func adsyncGoCommit(handle C.uintptr_t, changes *C.adsync_change, n C.uint32_t, conflicts *C.adsync_sink,
	words **C.adsync_error) C.adsync_status {
	return guarded(words, func() error {
		list := make([]Change, n)
		for i, c := range unsafe.Slice(changes, int(n)) {
			list[i] = Change{Op: uint32(c.op), Table: Table(c.table), Expected: int64(c.expected), Version: int64(c.version),
				Values: valuesOf(c.values, int(c.n_values))}
		}
		err := storageOf(handle).(Storage).Commit(list)
		var positions Conflicts
		if errors.As(err, &positions) {
			for _, position := range positions {
				C.adsync_sink_conflict(conflicts, C.uint32_t(position))
			}
			return ErrConflict
		}
		return err
	})
}

//export adsyncGoClose
func adsyncGoClose(handle C.uintptr_t) {
	guarded(nil, storageOf(handle).(Storage).Close)
	cgo.Handle(handle).Delete()
}

//export adsyncGoNotify
func adsyncGoNotify(handle C.uintptr_t) {
	guarded(nil, func() error { storageOf(handle).(Notifier).Notify(); return nil })
}

//export adsyncGoWatchFD
func adsyncGoWatchFD(handle C.uintptr_t) (fd C.int32_t) {
	fd = -1
	guarded(nil, func() error { fd = C.int32_t(storageOf(handle).(Watcher).WatchFD()); return nil })
	return fd
}

//export adsyncGoWatchClear
func adsyncGoWatchClear(handle C.uintptr_t) {
	guarded(nil, func() error { storageOf(handle).(Watcher).WatchClear(); return nil })
}

//export adsyncGoErase
func adsyncGoErase(handle C.uintptr_t, table C.uint32_t, prefix *C.adsync_value, n, limit C.uint32_t, left *C.uint32_t,
	words **C.adsync_error) C.adsync_status {
	return guarded(words, func() error {
		some, err := storageOf(handle).(Eraser).Erase(Table(table), valuesOf(prefix, int(n)), int(limit))
		*left = 0
		if some {
			*left = 1
		}
		return err
	})
}

//export adsyncGoDropBefore
func adsyncGoDropBefore(handle C.uintptr_t, table C.uint32_t, us C.int64_t, words **C.adsync_error) C.adsync_status {
	return guarded(words, func() error {
		return storageOf(handle).(DropperBefore).DropBefore(Table(table), time.UnixMicro(int64(us)))
	})
}

//export adsyncGoStorageNow
func adsyncGoStorageNow(handle C.uintptr_t, us *C.int64_t, words **C.adsync_error) C.adsync_status {
	return guarded(words, func() error {
		now, err := storageOf(handle).(Timer).Now()
		*us = C.int64_t(now.UnixMicro())
		return err
	})
}
