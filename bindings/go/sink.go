// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// A Sink takes the rows that a Storage found. It is good until the method that was given it returns.
type Sink struct {
	c    *C.adsync_sink
	flat []byte
	err  error
}

const sinkFull = 256 << 10

// native is the byte order of this machine, as bridge.c reads it.
var native = func() binary.ByteOrder {
	one := uint16(1)
	if *(*byte)(unsafe.Pointer(&one)) == 1 {
		return binary.LittleEndian
	}
	return binary.BigEndian
}()

func appendInt(flat []byte, i int64) []byte {
	var b [8]byte
	native.PutUint64(b[:], uint64(i))
	return append(flat, b[:]...)
}

func appendSize(flat []byte, n int) []byte {
	var b [4]byte
	native.PutUint32(b[:], uint32(n))
	return append(flat, b[:]...)
}

func appendValues(flat []byte, values []Value) []byte {
	for i := range values {
		flat = appendSize(flat, int(values[i].Kind))
		if values[i].Kind == ValueInt {
			flat = appendInt(appendSize(flat, 0), values[i].Int)
		} else {
			flat = append(appendSize(flat, len(values[i].Text)), values[i].Text...)
		}
	}
	return flat
}

// Row answers one row: its version and its first values in column order; a missing tail is null. Pass on the error that it gives.
func (s *Sink) Row(version int64, values []Value) error {
	for i := range values {
		if s.err == nil && len(values[i].Text) > math.MaxInt32 {
			s.err = &Error{Status: ErrTooBig, Name: "sink.value", Message: "a value is larger than 2 GiB"}
		}
	}
	if s.err != nil {
		return s.err
	}
	s.flat = appendValues(appendSize(appendInt(s.flat, version), len(values)), values)
	if len(s.flat) >= sinkFull {
		return s.flush()
	}
	return nil
}

// errSink says that the library refused a row and keeps why.
type errSink Status

func (e errSink) Error() string        { return "the answer was refused: " + Status(e).Error() }
func (e errSink) Is(target error) bool { return target == Status(e) }

func (s *Sink) flush() error {
	if s.err == nil && len(s.flat) > 0 {
		if rc := C.bridge_answer(s.c, unsafe.Pointer(&s.flat[0]), C.size_t(len(s.flat))); rc < 0 {
			s.err = errSink(rc)
		}
	}
	s.flat = s.flat[:0]
	return s.err
}
