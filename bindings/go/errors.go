// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// A Status is the stable class of an answer: 0 and above is fine, below 0 failed. The failing ones are errors to compare with:
//
//	if errors.Is(err, adsync.ErrAuth) { // a person has to connect again
type Status int32

// Error gives the name, for instance "E_AUTH".
func (s Status) Error() string { return C.GoString(C.adsync_status_name(C.adsync_status(s))) }

func (s Status) String() string { return s.Error() }

// An Error is a failed call. errors.Is matches its Status, and what a callback of yours failed with; errors.As finds both.
type Error struct {
	Status  Status // the class: what code should branch on
	Name    string // finer, for instance "meta.190.463"; names are only ever added
	Message string // one line for people, never with a secret

	cause error
}

func (e *Error) Error() string {
	if e.Name == "" {
		return e.Message
	}
	return e.Name + ": " + e.Message
}

// Is says whether target is the status of e.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Unwrap gives the error that a callback failed with, or a context's.
func (e *Error) Unwrap() error { return e.cause }

// A PanicError is a panic in a callback, which cannot pass through C. It comes back as the cause of the call's error.
type PanicError struct {
	Value any
	Stack []byte
}

func (p *PanicError) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Conflicts is what a Storage's Commit answers where changes do not hold: the positions of all of them.
type Conflicts []int

func (c Conflicts) Error() string { return fmt.Sprintf("changes %v do not hold", []int(c)) }

// Is says that it is an ErrConflict.
func (c Conflicts) Is(target error) bool { return target == ErrConflict }

// Errors of callbacks pass through C as a number. The last ones are kept: a callback's failure that the library does not pass on is
// forgotten in time.
var reported struct {
	sync.Mutex
	last  int64
	kept  [256]error
	codes [256]int64
}

func keepError(err error) int64 {
	r := &reported
	r.Lock()
	defer r.Unlock()
	r.last++
	at := r.last % int64(len(r.kept))
	r.kept[at], r.codes[at] = err, r.last
	return r.last
}

func keptError(code int64) error {
	r := &reported
	r.Lock()
	defer r.Unlock()
	if at := code % int64(len(r.kept)); code > 0 && r.codes[at] == code {
		return r.kept[at]
	}
	return nil
}

// failure takes what a call answered, and frees its error object.
func failure(rc C.adsync_status, words *C.adsync_error) error {
	if words != nil {
		defer C.adsync_error_free(words)
	}
	if rc >= 0 {
		return nil
	}
	e := &Error{Status: Status(rc), Name: C.GoString(C.adsync_error_name(words)), Message: C.GoString(C.adsync_error_message(words))}
	e.cause = keptError(int64(C.adsync_error_host_code(words)))
	return e
}

// answer is what a slot returns for an error of its Go function.
func answer(err error, words **C.adsync_error) C.adsync_status {
	if err == nil {
		return C.ADSYNC_OK
	}
	status := ErrHost
	var fine *Error
	if errors.As(err, &fine) {
		status = fine.Status
	} else if !errors.As(err, &status) {
		status = ErrHost
	}
	if status == StatusPassthrough {
		return C.ADSYNC_PASSTHROUGH
	}
	var t texts
	defer t.free()
	message := err.Error()
	if fine != nil && fine == err {
		message = fine.Message
	}
	if status >= 0 {
		status = ErrHost
	}
	return C.adsync_error_set(words, C.adsync_status(status), t.must(message), C.int64_t(keepError(err)))
}

// guarded runs a slot's Go function; a panic becomes its error.
func guarded(words **C.adsync_error, slot func() error) (rc C.adsync_status) {
	defer func() {
		if value := recover(); value != nil {
			rc = answer(&PanicError{value, debug.Stack()}, words)
		}
	}()
	return answer(slot(), words)
}
