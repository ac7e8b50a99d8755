// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
)

// A StorageCheck says how the conformance kit reaches a storage. Its tables are emptied.
type StorageCheck struct {
	Seed    int64                   // of all that the kit draws; 0: 1
	Open    func() (Storage, error) // one more way to the same rows
	Options StorageOptions          // of NewStorage
	Wipe    func() error            // empties all tables
	// FailAt makes the n-th storage call from now fail, 1 being the next: before it took effect (answer ErrStorage or ErrRetry) or
	// after (a commit answers ErrUncertain); 0: no more. nil: those promises are skipped.
	FailAt func(n int64, after bool) error
}

// A Promise is one sentence of doc/storage.md and what the kit found about it.
type Promise struct{ Name, Result, Message string }

func (p Promise) String() string { return fmt.Sprintf("%-8s %s %s", p.Result, p.Name, p.Message) }

// CheckStorage runs the conformance kit over a storage. A broken promise is an ErrRejected; the report is there in any case.
func CheckStorage(check StorageCheck) ([]Promise, error) {
	handle := cgo.NewHandle(&check)
	defer handle.Delete()
	options := C.adsync_storage_check_options{seed: C.int64_t(check.Seed)}
	var faults C.uint32_t
	if check.FailAt != nil {
		faults = 1
	}
	var out *C.adsync_rows
	var words *C.adsync_error
	rc := C.bridge_check(C.uintptr_t(handle), &options, faults, &out, &words)
	var report []Promise
	for rows := newRows(out); rows.Next(); {
		report = append(report, Promise{rows.Text(ColName), rows.Text(ColResult), rows.Text(ColMessage)})
	}
	return report, failure(rc, words)
}

func checkOf(handle C.uintptr_t) *StorageCheck { return cgo.Handle(handle).Value().(*StorageCheck) }

//export adsyncGoCheckOpen
func adsyncGoCheckOpen(handle C.uintptr_t, out **C.adsync_storage, words **C.adsync_error) C.adsync_status {
	return guarded(words, func() error {
		check := checkOf(handle)
		storage, err := check.Open()
		if err != nil {
			return err
		}
		made, rc, why := newStorage(storage, check.Options)
		*out = made
		return failure(rc, why)
	})
}

//export adsyncGoCheckWipe
func adsyncGoCheckWipe(handle C.uintptr_t, words **C.adsync_error) C.adsync_status {
	return guarded(words, checkOf(handle).Wipe)
}

//export adsyncGoCheckFailAt
func adsyncGoCheckFailAt(handle C.uintptr_t, n C.int64_t, after C.uint32_t) C.adsync_status {
	return guarded(nil, func() error { return checkOf(handle).FailAt(int64(n), after != 0) })
}
