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

// JobOptions say what to sync; zero: a manual incremental import of everything, now.
type JobOptions struct {
	Data           int // DataCampaigns, DataMetrics, DataPosts, DataLeads; 0: all
	Mode           int // SyncIncremental, SyncFull, SyncEntity, SyncBackfill; 0: incremental
	Days           int // how many days back; 0: by mode
	FromDay, ToDay Day // or these days, both inclusive; ToDay 0: today
	Priority       int // Priority*; 0: scheduled, backfill for a backfill, webhook for what a webhook told
	Kind           int // SyncEntity: Kind* of the ids
	IDs            []string
	Webhook        bool // the host received a webhook and asks for what it told
}

// JobEnqueue asks for a sync. StatusPending: one that was asked for before brings the same, and is the answer.
func (e *Engine) JobEnqueue(ctx context.Context, org string, connection int64, options JobOptions) (job int64, status Status, err error) {
	var t texts
	defer t.free()
	name := t.must(org)
	if t.err != nil {
		return 0, ErrInvalid, t.err
	}
	c := C.adsync_job_options{size: C.sizeof_adsync_job_options, data: C.uint32_t(options.Data), mode: C.uint32_t(options.Mode),
		days: C.uint32_t(options.Days), from_day: C.uint32_t(options.FromDay), to_day: C.uint32_t(options.ToDay),
		priority: C.uint32_t(options.Priority), kind: C.uint32_t(options.Kind), n_ids: C.uint32_t(len(options.IDs))}
	if len(options.IDs) > 0 {
		c.ids = t.list(options.IDs)
	}
	if options.Webhook {
		c.flags = C.ADSYNC_JOB_WEBHOOK
	}
	if t.err != nil {
		return 0, ErrInvalid, t.err
	}
	var number C.int64_t
	status, err = e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_job_enqueue(e.c, name, C.int64_t(connection), &c, &number, words)
	})
	return int64(number), status, err
}

// JobWait waits for a job as long as the context lasts, and works on it if no living engine does: one goroutine is all a sync needs. The
// row is the job's, like JobList's. StatusPartial: some of it failed. A job that failed gives its failure as the error, with the row.
func (e *Engine) JobWait(ctx context.Context, org string, job int64) (*Rows, Status, error) {
	var t texts
	defer t.free()
	name := t.must(org)
	if t.err != nil {
		return nil, ErrInvalid, t.err
	}
	for {
		call := callOptions(ctx, &t, slice)
		var out *C.adsync_rows
		status, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status {
			return C.adsync_job_wait(e.c, name, C.int64_t(job), &call, &out, words)
		})
		row := newRows(out)
		if err == nil && status == StatusPending && ctx.Err() == nil {
			row.Close()
			continue
		}
		if err == nil && status == StatusPending || err != nil && err == ctx.Err() {
			err, status = pendingError(ctx), StatusPending
		}
		return row, status, err
	}
}

// JobList lists jobs, newest first; connection and job 0: all, limit 0: 100.
func (e *Engine) JobList(ctx context.Context, org string, connection, job int64, limit int) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_job_list(e.c, name, C.int64_t(connection), C.int64_t(job), C.uint32_t(limit), out, words)
	})
}

// JobCancel calls a job off: one that waits is gone at once, one that runs ends with its next commit, wherever it runs.
func (e *Engine) JobCancel(ctx context.Context, org string, job int64) error {
	var t texts
	defer t.free()
	name := t.must(org)
	if t.err != nil {
		return t.err
	}
	_, err := e.use(ctx, func(words **C.adsync_error) C.adsync_status {
		return C.adsync_job_cancel(e.c, name, C.int64_t(job), words)
	})
	return err
}

// EntityOptions say which entities.
type EntityOptions struct {
	Flags   uint32 // EntityRemoved
	Limit   int    // 0: 1,000
	ID      string // only this one
	AfterID string // those after this id
}

// EntityList lists entities of a kind by id.
func (e *Engine) EntityList(ctx context.Context, org string, connection int64, kind Kind, options EntityOptions) (*Rows, error) {
	var t texts
	defer t.free()
	c := C.adsync_entity_options{size: C.sizeof_adsync_entity_options, flags: C.uint32_t(options.Flags), limit: C.uint32_t(options.Limit),
		id: t.may(options.ID), after_id: t.may(options.AfterID)}
	if t.err != nil {
		return nil, t.err
	}
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_entity_list(e.c, name, C.int64_t(connection), C.uint32_t(kind), &c, out, words)
	})
}

// MetricsOptions say which figures.
type MetricsOptions struct {
	FromDay, ToDay Day    // 0: the first, and the last, there is
	GroupBy        uint32 // ByDay, ByConnection, ByPlatform, ByEntity
	Level          Kind   // 0: account
	Connection     int64  // 0: all of the organisation
	EntityID       string // only this one
}

// MetricsQuery adds up figures, exactly: the groups, ColCurrency, ColSpend, ColImpressions, ColClicks, ColLinkClicks, ColConversions,
// ColRevenue, ColRows.
func (e *Engine) MetricsQuery(ctx context.Context, org string, options MetricsOptions) (*Rows, error) {
	var t texts
	defer t.free()
	c := C.adsync_metrics_options{size: C.sizeof_adsync_metrics_options, from_day: C.uint32_t(options.FromDay),
		to_day: C.uint32_t(options.ToDay), group_by: C.uint32_t(options.GroupBy), level: C.uint32_t(options.Level),
		connection: C.int64_t(options.Connection), entity_id: t.may(options.EntityID)}
	if t.err != nil {
		return nil, t.err
	}
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_metrics_query(e.c, name, &c, out, words)
	})
}

// PayloadOptions say which records.
type PayloadOptions struct {
	FromDay, ToDay Day    // 0: the first, and the last, there is
	Limit          int    // 0: 1,000; fewer rows than that: these are the last
	Connection     int64  // 0: all of the organisation
	After          string // ColCursor of the last record that was read
}

// PayloadList gives figures as records for programs: ColConnection, ColDay, ColCampaignID, ColCursor, ColPayload (JSON with exact
// numbers; a json.Decoder with UseNumber keeps them so).
func (e *Engine) PayloadList(ctx context.Context, org string, options PayloadOptions) (*Rows, error) {
	var t texts
	defer t.free()
	c := C.adsync_payload_options{size: C.sizeof_adsync_payload_options, from_day: C.uint32_t(options.FromDay),
		to_day: C.uint32_t(options.ToDay), limit: C.uint32_t(options.Limit), connection: C.int64_t(options.Connection),
		after: t.may(options.After)}
	if t.err != nil {
		return nil, t.err
	}
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_payload_list(e.c, name, &c, out, words)
	})
}

// CoverageList says which days are here: ColLevel, ColPart, ColDay, ColState, ColRows, ColPulledAt, ColDayZone. level 0: all.
func (e *Engine) CoverageList(ctx context.Context, org string, connection int64, level Kind) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_coverage_list(e.c, name, C.int64_t(connection), C.uint32_t(level), out, words)
	})
}

// RevisionOptions say which revisions.
type RevisionOptions struct {
	FromDay, ToDay Day       // 0: the first, and the last, there is
	Level          Kind      // 0: all
	Limit          int       // 0: 1,000
	Since          time.Time // not found out before; the zero time: all
	EntityID       string    // only this one
}

// RevisionList gives what figures said before a platform restated them, newest first: ColLevel, ColDay, ColEntityID, ColFoundUs, ColState
// ("changed", "gone") and the old figures as in the metrics table.
func (e *Engine) RevisionList(ctx context.Context, org string, connection int64, options RevisionOptions) (*Rows, error) {
	var t texts
	defer t.free()
	c := C.adsync_revision_options{size: C.sizeof_adsync_revision_options, from_day: C.uint32_t(options.FromDay),
		to_day: C.uint32_t(options.ToDay), level: C.uint32_t(options.Level), limit: C.uint32_t(options.Limit),
		since_us: instant(options.Since), entity_id: t.may(options.EntityID)}
	if t.err != nil {
		return nil, t.err
	}
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_revision_list(e.c, name, C.int64_t(connection), &c, out, words)
	})
}

// AuditList lists calls to platforms, newest first; connection 0: all, the zero time: all, limit 0: 100.
func (e *Engine) AuditList(ctx context.Context, org string, connection int64, since time.Time, limit int) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_audit_list(e.c, name, C.int64_t(connection), instant(since), C.uint32_t(limit), out, words)
	})
}

// HealthList says how connections are: ColState, ColAdvice (what a person has to do), ColMessage, ColLastSyncUs, ColNextSyncUs ..; 0: all.
func (e *Engine) HealthList(ctx context.Context, org string, connection int64) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_health_list(e.c, name, C.int64_t(connection), out, words)
	})
}

// HealthCount says how many connections are in which state: ColState, ColRows.
func (e *Engine) HealthCount(ctx context.Context, org string) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_health_count(e.c, name, out, words)
	})
}

// HealthStatistics counts the jobs and calls of some time by type and end: ColType, ColState, ColRows, ColDurationUs, ColLongestUs;
// connection 0: all, the zero time for until: now.
func (e *Engine) HealthStatistics(ctx context.Context, org string, connection int64, from, until time.Time) (*Rows, error) {
	return e.list(ctx, org, func(name *C.char, out **C.adsync_rows, words **C.adsync_error) C.adsync_status {
		return C.adsync_health_statistics(e.c, name, C.int64_t(connection), instant(from), instant(until), out, words)
	})
}
