// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"runtime/cgo"
	"time"
	"unsafe"
)

// A Connector is a platform: a manifest and two pure functions over bytes, which do no I/O; doc/adding-a-platform.md walks through one.
// The same input gives the same output: time, randomness and learned facts come with the task. What the methods are given is good until
// they return. An error fails the task.
type Connector interface {
	// Describe says once what the platform is.
	Describe(out *Manifest) error
	// Request builds the one request that the task needs next.
	Request(task *Task, out *Request) error
	// Response digests an answer of any bytes and any status.
	Response(task *Task, in *Response, out *Outcome) error
}

func inUse(flag bool) C.uint32_t {
	if flag {
		return 1
	}
	return 0
}

func lent(p *C.char) (string, bool) { return C.GoString(p), p != nil }

// A Manifest is what a platform is, while Describe says it.
type Manifest struct {
	c *C.adsync_manifest
	texts
}

// Host names a host that requests go to, in lower case; id is what recipes call it. HostAuth: secrets may go there.
func (m *Manifest) Host(id, name string, flags uint32) {
	C.adsync_manifest_host(m.c, m.must(id), m.must(name), C.uint32_t(flags))
}

// Supports says that the platform can do something; what is not said is unsupported. kind of a report is its level.
func (m *Manifest) Supports(op TaskOp, kind Kind) {
	C.adsync_manifest_supports(m.c, C.uint32_t(op), C.uint32_t(kind))
}

// Setting sets a fact that the library needs before any call: "api_version", "scopes", "report_days" .. (adsync_manifest_setting).
func (m *Manifest) Setting(name, value string) {
	C.adsync_manifest_setting(m.c, m.must(name), m.must(value))
}

// Window states a limit that is known before any answer, and what it is counted for: ScopeApp ..
func (m *Manifest) Window(limit string, scope int, window Window) {
	c := window.c()
	C.adsync_manifest_window(m.c, m.must(limit), C.uint32_t(scope), &c)
}

// A TaskOp is what a task does: TaskList, TaskReport ..
type TaskOp uint32

// A Task is what is to be done.
type Task struct {
	c *C.adsync_task
	texts
}

// Op says what to do.
func (t *Task) Op() TaskOp { return TaskOp(C.adsync_task_op(t.c)) }

// Kind says to which kind of thing; of a report its level.
func (t *Task) Kind() Kind { return Kind(C.adsync_task_kind(t.c)) }

// Int gives a number of the task: "since_us", "now_us", "page_size", "attempt" ..
func (t *Task) Int(name string) int64 { return int64(C.adsync_task_int(t.c, t.must(name))) }

// From gives the first day of a report.
func (t *Task) From() Day { return Day(t.Int("from")) }

// To gives the last day of a report.
func (t *Task) To() Day { return Day(t.Int("to")) }

// Text gives a text of the task: "account_id", "cursor", "query", "state" ..; "" where it is not there.
func (t *Task) Text(name string) string { return C.GoString(C.adsync_task_text(t.c, t.must(name))) }

// Fact gives what was learned about the account earlier: "currency", "time_zone" and the platform's own.
func (t *Task) Fact(name string) (value string, known bool) {
	return lent(C.adsync_task_fact(t.c, t.must(name)))
}

// IDs gives the ids that the task names.
func (t *Task) IDs() []string {
	ids := make([]string, C.adsync_task_ids(t.c))
	for i := range ids {
		ids[i] = C.GoString(C.adsync_task_id(t.c, C.uint32_t(i)))
	}
	return ids
}

// HasSecret says whether a secret is at hand: "access_token", "refresh_token", "client_secret" .. A connector names secrets, it never
// holds them.
func (t *Task) HasSecret(name string) bool { return C.adsync_task_has_secret(t.c, t.must(name)) != 0 }

// A Request is a recipe. The library places secrets, signs, sends, paces and retries.
type Request struct {
	c *C.adsync_request
	texts
}

// Open begins a request to a host of the manifest. effect says what sending it again would do: EffectRead, EffectSame, EffectOnce.
func (r *Request) Open(effect int, method, host, path string) {
	C.adsync_request_open(r.c, C.uint32_t(effect), r.must(method), r.must(host), r.must(path))
}

// URL begins a request to a URL that the platform gave.
func (r *Request) URL(effect int, method, url string) {
	C.adsync_request_url(r.c, C.uint32_t(effect), r.must(method), r.must(url))
}

// URLSecret begins a request to a URL that is a secret itself, by its name.
func (r *Request) URLSecret(effect int, method, secret string) {
	C.adsync_request_url_secret(r.c, C.uint32_t(effect), r.must(method), r.must(secret))
}

// Field adds a field: PlaceHeader, PlaceQuery, PlaceForm, PlaceOAuth.
func (r *Request) Field(place int, name, value string) {
	C.adsync_request_field(r.c, C.uint32_t(place), r.must(name), r.must(value))
}

// QueryRaw adds a query field whose value is encoded already.
func (r *Request) QueryRaw(name, value string) {
	C.adsync_request_query_raw(r.c, r.must(name), r.must(value))
}

// Body appends a piece to the body.
func (r *Request) Body(contentType string, piece []byte) {
	C.adsync_request_body(r.c, r.must(contentType), bytesPointer(piece), C.size_t(len(piece)))
}

// Secret has a secret placed when the request is sent: in the field name, after prefix ("Bearer ").
func (r *Request) Secret(place int, name, prefix, secret string) {
	C.adsync_request_secret(r.c, C.uint32_t(place), r.may(name), r.may(prefix), r.must(secret))
}

// Proof has the hexadecimal HMAC-SHA256 of one secret under another placed.
func (r *Request) Proof(place int, name, of, key string) {
	C.adsync_request_proof(r.c, C.uint32_t(place), r.must(name), r.must(of), r.must(key))
}

// OAuth1 has the request signed by OAuth 1.0a, last of all. tokenSecret "": there is no token yet.
func (r *Request) OAuth1(consumerKey, consumerSecret, tokenSecret, nonce string, now time.Time) {
	C.adsync_request_oauth1(r.c, r.must(consumerKey), r.must(consumerSecret), r.may(tokenSecret), r.must(nonce), instant(now))
}

// Cost says what the request costs: units of a limit of the manifest.
func (r *Request) Cost(limit string, units int) {
	C.adsync_request_cost(r.c, r.must(limit), C.uint32_t(units))
}

// Browser says that the URL is for the person's browser: nothing is sent.
func (r *Request) Browser() { C.adsync_request_browser(r.c) }

// Bounds sets what an answer may be at most; 0: 16 MiB, 60 s.
func (r *Request) Bounds(maxBytes int, timeout time.Duration) {
	C.adsync_request_bounds(r.c, C.uint32_t(maxBytes), micros(timeout))
}

// A Response is what came back.
type Response struct {
	c *C.adsync_response
	texts
}

// Status gives the HTTP status.
func (r *Response) Status() int { return int(C.adsync_response_status(r.c)) }

// Header gives a header by its name in any case, several joined by ", "; "" where it is not there.
func (r *Response) Header(name string) string {
	return C.GoString(C.adsync_response_header(r.c, r.must(name)))
}

// Body gives the body, decompressed. It is lent: do not keep it, do not change it.
func (r *Response) Body() []byte {
	var size C.size_t
	p := C.adsync_response_body(r.c, &size)
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(size))
}

// An Outcome is what an answer means: rows, and one way to go on, of which the last one said counts. None said is a failure.
type Outcome struct {
	c *C.adsync_outcome
	texts
}

// Done ends the task. complete: every row there is was given; evidence: EvidenceWeak, EvidenceStrong.
func (o *Outcome) Done(complete bool, evidence int) {
	C.adsync_outcome_done(o.c, inUse(complete), C.uint32_t(evidence))
}

// Next says that there is a next page.
func (o *Outcome) Next(cursor string) { C.adsync_outcome_next(o.c, o.must(cursor)) }

// More says that the same body holds more rows than one outcome carries.
func (o *Outcome) More(cursor string) { C.adsync_outcome_more(o.c, o.must(cursor)) }

// Wait says that the platform works on it.
func (o *Outcome) Wait(cursor string, delay time.Duration) {
	C.adsync_outcome_wait(o.c, o.must(cursor), micros(delay))
}

// Split says that the platform refused the size: do the children instead.
func (o *Outcome) Split() { C.adsync_outcome_split(o.c) }

// Spawn has the children done too, and goes on.
func (o *Outcome) Spawn(cursor string) { C.adsync_outcome_spawn(o.c, o.must(cursor)) }

// Child adds a child of a split or spawn.
func (o *Outcome) Child(key string) OutcomeRow {
	return OutcomeRow{C.adsync_outcome_child(o.c, o.must(key))}
}

// Need says that something has to be fetched first: a token ("page:123"), or a fact ("currency").
func (o *Outcome) Need(what string) { C.adsync_outcome_need(o.c, o.must(what)) }

// Stale says that the cursor is of no use any more.
func (o *Outcome) Stale() { C.adsync_outcome_stale(o.c) }

// Unknown says that nobody can tell whether it happened.
func (o *Outcome) Unknown() { C.adsync_outcome_unknown(o.c) }

// A Refusal is why a platform refused.
type Refusal struct {
	Class      int    // ClassAuthExpired ..
	Code       string // the platform's
	Message    string // one line, never a secret
	RetryAfter time.Duration
	Scope      int // who has to stay away; 0: the account
}

// Fail says that the platform refused.
func (o *Outcome) Fail(why Refusal) {
	C.adsync_outcome_fail(o.c, C.uint32_t(why.Class), o.must(why.Code), o.must(why.Message), micros(why.RetryAfter), C.uint32_t(why.Scope))
}

// Row adds an entity (TableEntities), a day's figures (TableMetrics) or an ad account (TableConnections); twice: TwiceReplace, TwiceSum.
func (o *Outcome) Row(table Table, kind Kind, twice int) OutcomeRow {
	return OutcomeRow{C.adsync_outcome_row(o.c, C.uint32_t(table), C.uint32_t(kind), C.uint32_t(twice))}
}

// Secret gives a secret of the answer straight to the vault. expires: the zero time: not said.
func (o *Outcome) Secret(name string, secret []byte, expires time.Time) {
	C.adsync_outcome_secret(o.c, o.must(name), bytesPointer(secret), C.size_t(len(secret)), instant(expires))
}

// Fact gives something learned: of the account, or of the consent.
func (o *Outcome) Fact(name, value string) { C.adsync_outcome_fact(o.c, o.must(name), o.must(value)) }

// Limit says what the answer says about a limit: a Reading* and its value, and the instant it is over.
func (o *Outcome) Limit(limit string, scope, reading int, value int64, reset time.Time) {
	C.adsync_outcome_limit(o.c, o.must(limit), C.uint32_t(scope), C.uint32_t(reading), C.int64_t(value), instant(reset))
}

// Warning says something that a person should know although the call worked.
func (o *Outcome) Warning(code, message string) {
	C.adsync_outcome_warning(o.c, o.must(code), o.must(message))
}

// An OutcomeRow is a row of an outcome. Its methods give it back, so that they can be chained.
type OutcomeRow struct{ c *C.adsync_row }

// Int sets a column to a number.
func (r OutcomeRow) Int(c Column, i int64) OutcomeRow {
	C.adsync_row_int(r.c, C.uint32_t(c), C.int64_t(i))
	return r
}

// Text sets a column to text.
func (r OutcomeRow) Text(c Column, s string) OutcomeRow {
	b := append([]byte(s), 0)
	C.adsync_row_text(r.c, C.uint32_t(c), (*C.char)(unsafe.Pointer(&b[0])), C.size_t(len(s)))
	return r
}

func connectorOf(handle C.uintptr_t) Connector { return cgo.Handle(handle).Value().(Connector) }

// ended frees the texts of a slot, and is the error of one that could not be handed over.
func ended(err error, all ...*texts) error {
	for _, t := range all {
		t.free()
		if err == nil {
			err = t.err
		}
	}
	return err
}

//export adsyncGoDescribe
func adsyncGoDescribe(handle C.uintptr_t, out *C.adsync_manifest, words **C.adsync_error) C.adsync_status {
	manifest := Manifest{c: out}
	return guarded(words, func() error { return ended(connectorOf(handle).Describe(&manifest), &manifest.texts) })
}

//export adsyncGoRequest
func adsyncGoRequest(handle C.uintptr_t, task *C.adsync_task, out *C.adsync_request, words **C.adsync_error) C.adsync_status {
	what, request := Task{c: task}, Request{c: out}
	return guarded(words, func() error { return ended(connectorOf(handle).Request(&what, &request), &what.texts, &request.texts) })
}

//export adsyncGoResponse
func adsyncGoResponse(handle C.uintptr_t, task *C.adsync_task, in *C.adsync_response, out *C.adsync_outcome,
	words **C.adsync_error) C.adsync_status {
	what, response, outcome := Task{c: task}, Response{c: in}, Outcome{c: out}
	return guarded(words, func() error {
		return ended(connectorOf(handle).Response(&what, &response, &outcome), &what.texts, &response.texts, &outcome.texts)
	})
}
