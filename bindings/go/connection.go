// SPDX-License-Identifier: MIT

package adsync

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"time"
)

// OAuthOptions say how a consent is asked for.
type OAuthOptions struct {
	RenewGrant int64  // the grant to connect again; 0: a new one, or the one the same person gave before
	App        string // which registration; "": "default"
	Scopes     string // separated by blanks; "": the app's
}

// A Consent is one that was begun: send the browser to URL.
type Consent struct {
	URL, State string
	Expires    time.Time
}

// OAuthBegin begins a consent. session is something only this browser's session has; OAuthComplete must be given the same.
func (e *Engine) OAuthBegin(ctx context.Context, org, platform, session string, options OAuthOptions) (Consent, error) {
	var out *C.adsync_rows
	_, err := e.wait(ctx, func(call *C.adsync_call, t *texts, words **C.adsync_error) C.adsync_status {
		c := C.adsync_oauth_options{size: C.sizeof_adsync_oauth_options, renew_grant: C.int64_t(options.RenewGrant),
			app: t.may(options.App), scopes: t.may(options.Scopes)}
		names := [3]*C.char{t.must(org), t.must(platform), t.must(session)}
		return t.then(func() C.adsync_status {
			return C.adsync_oauth_begin(e.c, names[0], names[1], names[2], &c, call, &out, words)
		})
	})
	if err != nil {
		return Consent{}, err
	}
	rows := newRows(out)
	defer rows.Close()
	rows.Next()
	return Consent{rows.Text(ColURL), rows.Text(ColState), rows.Time(ColExpiresUs)}, nil
}

// OAuthComplete ends a consent with all that stands after the '?' of the redirect. It gives the grant and the accounts to choose from.
// StatusPartial: the tokens are stored, the grant's ColMessage says what is missing. ErrForged: the state is unknown, used, too old, or
// another session's.
func (e *Engine) OAuthComplete(ctx context.Context, org, session, query string) (grant int64, accounts *Rows, status Status, err error) {
	type result struct {
		grant C.int64_t
		rows  *C.adsync_rows
	}
	got := new(result)
	status, err = e.wait(ctx, func(call *C.adsync_call, t *texts, words **C.adsync_error) C.adsync_status {
		names := [3]*C.char{t.must(org), t.must(session), t.must(query)}
		return t.then(func() C.adsync_status {
			return C.adsync_oauth_complete(e.c, names[0], names[1], names[2], call, &got.grant, &got.rows, words)
		})
	})
	if status == StatusPending {
		return 0, nil, status, err
	}
	return int64(got.grant), newRows(got.rows), status, err
}

// GrantOptions describe a token that the program already has.
type GrantOptions struct {
	Expires        time.Time // when the access token ends; the zero time: not known
	NeverExpires   bool
	RefreshExpires time.Time
	App            string // which registration; "": "default"
	RefreshToken   string
	TokenSecret    string // OAuth 1.0a
	Scopes         string // separated by blanks
}

// GrantAdd takes over a token: seals and stores it. No platform is called.
func (e *Engine) GrantAdd(ctx context.Context, org, platform, accessToken string, options GrantOptions) (grant int64, err error) {
	var t texts
	defer t.free()
	c := C.adsync_grant_options{size: C.sizeof_adsync_grant_options, expires_us: instant(options.Expires),
		refresh_expires_us: instant(options.RefreshExpires), app: t.may(options.App), refresh_token: t.may(options.RefreshToken),
		token_secret: t.may(options.TokenSecret), scopes: t.may(options.Scopes)}
	if options.NeverExpires {
		c.expires_us = -1
	}
	names := [3]*C.char{t.must(org), t.must(platform), t.must(accessToken)}
	if t.err != nil {
		return 0, t.err
	}
	var number C.int64_t
	_, err = e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_grant_add(e.c, names[0], names[1], names[2], &c, &number, words)
	})
	return int64(number), err
}

// GrantList lists grants; 0: all.
func (e *Engine) GrantList(ctx context.Context, org string, grant int64) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_grant_list(e.c, name, C.int64_t(grant), out, words)
	})
}

// GrantAccounts asks the platform which accounts a grant reaches.
func (e *Engine) GrantAccounts(ctx context.Context, org string, grant int64) (*Rows, error) {
	return e.ask(ctx, org, func(name *C.char, call *C.adsync_call, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_grant_accounts(e.c, name, C.int64_t(grant), call, out, words)
	})
}

// GrantRefresh refreshes a grant's tokens now, once over all processes.
func (e *Engine) GrantRefresh(ctx context.Context, org string, grant int64) error {
	_, err := e.ask(ctx, org, func(name *C.char, call *C.adsync_call, _ **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_grant_refresh(e.c, name, C.int64_t(grant), call, words)
	})
	return err
}

// GrantExpiring lists the grants of all organisations whose tokens need attention until a time, the most urgent first; limit 0: 100.
func (e *Engine) GrantExpiring(ctx context.Context, until time.Time, limit int) (*Rows, error) {
	return e.rows(ctx, func(out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_grant_expiring(e.c, instant(until), C.uint32_t(limit), out, words)
	})
}

// ConnectionOptions say how a connection is added.
type ConnectionOptions struct {
	Flags            uint32 // ConnectionManual or ConnectionAuto; 0: as it was, and a new one is synced by itself
	FrequencyMinutes int    // 0: by kind of data
	TimeframeDays    int    // 0: 90
	Metadata         string // a JSON object of the program's own
}

// ConnectionSettings say what changes at a connection; zero: stays as it is.
type ConnectionSettings struct {
	Flags            uint32 // ConnectionAuto, ConnectionManual, ConnectionByKind, ConnectionNow, ConnectionBackfill
	FrequencyMinutes int
	TimeframeDays    int    // more than before are fetched by a backfill
	Metadata         string // a JSON object of the program's own
}

// ConnectionAdd adds an ad account that a grant reaches. The same account gives the same connection again, now with this grant.
func (e *Engine) ConnectionAdd(ctx context.Context, org string, grant int64, account string, options ConnectionOptions) (int64, error) {
	var t texts
	defer t.free()
	c := C.adsync_connection_options{size: C.sizeof_adsync_connection_options, flags: C.uint32_t(options.Flags), frequency_minutes: C.uint32_t(options.FrequencyMinutes),
		timeframe_days: C.uint32_t(options.TimeframeDays), metadata: t.may(options.Metadata)}
	name, id := t.must(org), t.must(account)
	if t.err != nil {
		return 0, t.err
	}
	var number C.int64_t
	_, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_connection_add(e.c, name, C.int64_t(grant), id, &c, &number, words)
	})
	return int64(number), err
}

// ConnectionSet changes how a connection is synced. What is due by the new settings begins as soon as a worker looks.
func (e *Engine) ConnectionSet(ctx context.Context, org string, connection int64, settings ConnectionSettings) error {
	var t texts
	defer t.free()
	c := C.adsync_connection_settings{size: C.sizeof_adsync_connection_settings, flags: C.uint32_t(settings.Flags),
		frequency_minutes: C.uint32_t(settings.FrequencyMinutes), timeframe_days: C.uint32_t(settings.TimeframeDays),
		metadata: t.may(settings.Metadata)}
	name := t.must(org)
	if t.err != nil {
		return t.err
	}
	_, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_connection_set(e.c, name, C.int64_t(connection), &c, words)
	})
	return err
}

// ScheduleList lists when connections are due: ColName (metrics, campaigns, daily, weekly, backfill), ColDueUs, ColStartedUs, ColJob;
// 0: all.
func (e *Engine) ScheduleList(ctx context.Context, org string, connection int64) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_schedule_list(e.c, name, C.int64_t(connection), out, words)
	})
}

// ConnectionList lists connections; 0: all.
func (e *Engine) ConnectionList(ctx context.Context, org string, connection int64) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_connection_list(e.c, name, C.int64_t(connection), out, words)
	})
}

// ConnectionValidate asks the platform whether token, scopes and account still stand.
func (e *Engine) ConnectionValidate(ctx context.Context, org string, connection int64) (*Rows, error) {
	return e.ask(ctx, org, func(name *C.char, call *C.adsync_call, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_connection_validate(e.c, name, C.int64_t(connection), call, out, words)
	})
}

// ConnectionDisconnect ends a connection; with DisconnectRevoke the consent is given back at the platform. Its data stay. The row's
// ColMessage is what a person still has to do at the platform.
func (e *Engine) ConnectionDisconnect(ctx context.Context, org string, connection int64, flags uint32) (*Rows, error) {
	return e.ask(ctx, org, func(name *C.char, call *C.adsync_call, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_connection_disconnect(e.c, name, C.int64_t(connection), C.uint32_t(flags), call, out, words)
	})
}

// Erase erases an organisation with everything that is stored of it, for good. The row's ColState is "erased", or "deleting" where the
// context ended first: then workers go on with it, and so does the next call.
func (e *Engine) Erase(ctx context.Context, org string) (*Rows, error) {
	return e.ask(ctx, org, func(name *C.char, call *C.adsync_call, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_org_erase(e.c, name, call, out, words)
	})
}

// then calls C unless a text could not be handed over; wait answers why.
func (t *texts) then(call func() C.adsync_status) C.adsync_status {
	if t.err != nil {
		return C.ADSYNC_OK
	}
	return call()
}

func (e *Engine) list(ctx context.Context, org string,
	call func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status) (*Rows, error) {
	var t texts
	defer t.free()
	name := t.must(org)
	if t.err != nil {
		return nil, t.err
	}
	return e.rows(ctx, func(out **C.adsync_rows, words **C.adsync_error) C.adsync_status { return call(name, out, words) })
}

// ask is a call that waits for a platform. Rows that come after its caller left are the collector's.
func (e *Engine) ask(ctx context.Context, org string,
	ask func(name *C.char, call *C.adsync_call, out **C.adsync_rows, words **C.adsync_error) C.adsync_status) (*Rows, error) {
	came := make(chan *Rows, 1)
	_, err := e.wait(ctx, func(call *C.adsync_call, t *texts, words **C.adsync_error) C.adsync_status {
		name := t.must(org)
		return t.then(func() C.adsync_status {
			var out *C.adsync_rows
			rc := ask(name, call, &out, words)
			came <- newRows(out)
			return rc
		})
	})
	select {
	case rows := <-came:
		return rows, err
	default:
		return nil, err
	}
}
