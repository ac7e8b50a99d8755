// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"
	"unsafe"
)

// A Column is what a value of a row means: ColSpend, ColName ..
type Column uint32

// String gives the name, for instance "budget_daily".
func (c Column) String() string { return C.GoString(C.adsync_column_name(C.uint32_t(c))) }

// Shape says how the column is to be read: ShapeMoney, ShapeDay ..
func (c Column) Shape() int { return int(C.adsync_column_shape(C.uint32_t(c))) }

// A Kind is a kind of thing: KindCampaign, KindAd ..
type Kind uint32

// String gives the word, for instance "adset".
func (k Kind) String() string { return C.GoString(C.adsync_kind_name(C.uint32_t(k))) }

// A Day is a calendar day such as 20261120; 0 is none.
type Day uint32

// DayOf gives the day that t falls on in its location.
func DayOf(t time.Time) Day { return Day(t.Year()*10000 + int(t.Month())*100 + t.Day()) }

// Time gives the day's midnight in UTC.
func (d Day) Time() time.Time {
	return time.Date(int(d)/10000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

// String gives 2026-11-20, and "" for none.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", int(d)/10000, int(d)/100%100, int(d)%100)
}

// Money writes micro-units of a currency's main unit for people, for instance "12.50 EUR".
func Money(micros int64, currency string) string {
	var t texts
	defer t.free()
	var out [64]C.char
	C.adsync_money_text(C.int64_t(micros), t.may(currency), &out[0], C.size_t(len(out)))
	return C.GoString(&out[0])
}

// Rows are a result, stepped like those of database/sql:
//
//	for rows.Next() {
//		fmt.Println(rows.Day(adsync.ColDay), rows.Money(adsync.ColSpend))
//	}
//
// They are in memory already, so stepping cannot fail. Close frees them early; the garbage collector does it in the end. The methods
// work on nil, which has no rows.
type Rows struct{ c *C.adsync_rows }

var _ io.Closer = (*Rows)(nil)

func newRows(c *C.adsync_rows) *Rows {
	if c == nil {
		return nil
	}
	rows := &Rows{c}
	runtime.SetFinalizer(rows, (*Rows).Close)
	return rows
}

func (r *Rows) handle() *C.adsync_rows {
	if r == nil {
		return nil
	}
	return r.c
}

// Close frees the rows. It never fails.
func (r *Rows) Close() error {
	if r != nil && r.c != nil {
		C.adsync_rows_free(r.c)
		r.c = nil
		runtime.SetFinalizer(r, nil)
	}
	return nil
}

// Next steps to the next row; false: there is none.
func (r *Rows) Next() bool {
	defer runtime.KeepAlive(r)
	return r.handle() != nil && C.adsync_rows_next(r.c, nil) == C.ADSYNC_ROW
}

// Len gives how many rows there are, stepped over or not.
func (r *Rows) Len() int {
	defer runtime.KeepAlive(r)
	return int(C.adsync_rows_count(r.handle()))
}

// Columns gives what stands in a row, in order.
func (r *Rows) Columns() []Column {
	defer runtime.KeepAlive(r)
	columns := make([]Column, C.adsync_rows_width(r.handle()))
	for i := range columns {
		columns[i] = Column(C.adsync_rows_column(r.c, C.uint32_t(i)))
	}
	return columns
}

// Kind says what the column of the current row is.
func (r *Rows) Kind(c Column) ValueKind {
	defer runtime.KeepAlive(r)
	return ValueKind(C.adsync_rows_kind(r.handle(), C.uint32_t(c)))
}

// IsNull says whether the column of the current row is null or not there.
func (r *Rows) IsNull(c Column) bool { return r.Kind(c) == ValueNull }

// Int gives a column of the current row as a number, 0 where it is none.
func (r *Rows) Int(c Column) int64 {
	defer runtime.KeepAlive(r)
	return int64(C.adsync_rows_int(r.handle(), C.uint32_t(c)))
}

// Text gives a column of the current row as text: numbers are written out, days as 2026-11-20, bytes as base64; "" where it is null.
func (r *Rows) Text(c Column) string {
	defer runtime.KeepAlive(r)
	return C.GoString(C.adsync_rows_text(r.handle(), C.uint32_t(c)))
}

// Bytes gives a column of the current row as bytes, nil where it is null or a number.
func (r *Rows) Bytes(c Column) []byte {
	defer runtime.KeepAlive(r)
	var size C.size_t
	p := C.adsync_rows_bytes(r.handle(), C.uint32_t(c), &size)
	if p == nil {
		return nil
	}
	return append([]byte{}, unsafe.Slice((*byte)(p), int(size))...)
}

// Time gives a column of the current row as an instant in UTC; the zero time where it is null.
func (r *Rows) Time(c Column) time.Time {
	if r.IsNull(c) {
		return time.Time{}
	}
	return time.UnixMicro(r.Int(c)).UTC()
}

// Day gives a column of the current row as a day.
func (r *Rows) Day(c Column) Day { return Day(r.Int(c)) }

// Money gives a column of the current row as an amount for people, in the row's currency.
func (r *Rows) Money(c Column) string { return Money(r.Int(c), r.Text(ColCurrency)) }

// Value gives a column of the current row as it is.
func (r *Rows) Value(c Column) Value {
	switch kind := r.Kind(c); kind {
	case ValueInt:
		return IntValue(r.Int(c))
	case ValueText, ValueBytes:
		return Value{Kind: kind, Text: string(r.Bytes(c))}
	}
	return Value{}
}

// Values gives the whole current row, in the order of Columns.
func (r *Rows) Values() []Value {
	columns := r.Columns()
	values := make([]Value, len(columns))
	for i, c := range columns {
		values[i] = r.Value(c)
	}
	return values
}

// JSON gives the rows that were not stepped over as an array of objects, ready for a web page.
func (r *Rows) JSON() (json.RawMessage, error) {
	defer runtime.KeepAlive(r)
	if r.handle() == nil {
		return json.RawMessage("[]"), nil
	}
	var words *C.adsync_error
	text := C.adsync_rows_json(r.c, &words)
	if text == nil {
		return nil, failure(C.adsync_error_status(words), words)
	}
	return json.RawMessage(C.GoString(text)), nil
}

// A ValueKind is what a Value is: ValueNull, ValueInt, ValueText, ValueBytes.
type ValueKind uint32

// A Value is what a row holds. Values can be compared with == and be keys of maps; the zero Value is null.
type Value struct {
	Kind ValueKind
	Int  int64  // of ValueInt
	Text string // of ValueText and ValueBytes
}

// IntValue makes a number.
func IntValue(i int64) Value { return Value{Kind: ValueInt, Int: i} }

// TextValue makes a text, UTF-8 without NUL.
func TextValue(s string) Value { return Value{Kind: ValueText, Text: s} }

// BytesValue makes bytes.
func BytesValue(p []byte) Value { return Value{Kind: ValueBytes, Text: string(p)} }

// Compare orders values as storages must: null, then numbers, then all else as bytes.
func (v Value) Compare(other Value) int {
	if v.rank() != other.rank() {
		return sign(v.rank() < other.rank(), false)
	}
	switch v.rank() {
	case 1:
		return sign(v.Int < other.Int, v.Int == other.Int)
	case 2:
		return sign(v.Text < other.Text, v.Text == other.Text)
	}
	return 0
}

func (v Value) rank() int {
	switch v.Kind {
	case ValueNull:
		return 0
	case ValueInt:
		return 1
	}
	return 2
}

func sign(less, equal bool) int {
	if equal {
		return 0
	}
	if less {
		return -1
	}
	return 1
}

// valuesOf copies values that C lent.
func valuesOf(p *C.adsync_value, n int) []Value {
	if n == 0 {
		return nil
	}
	values := make([]Value, n)
	for i, c := range unsafe.Slice(p, n) {
		values[i] = Value{Kind: ValueKind(c.kind), Int: int64(c.i)}
		if c.size > 0 && values[i].Kind >= ValueText {
			values[i].Text = string(unsafe.Slice((*byte)(unsafe.Pointer(c.p)), int(c.size)))
		}
	}
	return values
}
