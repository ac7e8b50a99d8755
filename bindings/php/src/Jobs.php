<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;

/** Syncs: asking for one, waiting for it, looking at it. $engine->jobs */
final class Jobs extends Part
{
    /**
     * Asks for a sync; one that was asked for before and brings all of that is the answer (adsync_job_enqueue).
     *
     * @param int           $days    how many days back; 0: by mode
     * @param int           $fromDay or from this day, 20261120
     * @param int           $toDay   to this one, both inclusive; 0: today
     * @param Priority|null $priority null: scheduled, backfill for a backfill, webhook for what a webhook told
     * @param Kind|null     $kind     Mode::Entity: of what kind the ids are
     * @param list<string>  $ids      Mode::Entity: the platform's ids
     * @param bool          $webhook  the application received a webhook and asks for what it told
     *
     * @return int the job
     */
    public function enqueue(string $org, int $connection, Data $data = Data::All, Mode $mode = Mode::Incremental, int $days = 0, int $fromDay = 0,
        int $toDay = 0, ?Priority $priority = null, ?Kind $kind = null, array $ids = [], bool $webhook = false): int
    {
        $options = new Options('adsync_job_options', ['flags' => $webhook ? 1 : 0, 'data' => $data, 'mode' => $mode, 'days' => $days, 'from_day' => $fromDay,
            'to_day' => $toDay, 'priority' => $priority, 'kind' => $kind, 'n_ids' => count($ids), 'ids' => $ids ?: null]);

        return $this->number('adsync_job_enqueue', $org, $connection, $options->pointer());
    }

    /**
     * Waits for a job, and does its work if no living engine does (adsync_job_wait). What the job failed with is thrown.
     *
     * @return Outcome Ok, Partial or Pending; row: the job, as list() has it
     */
    public function wait(string $org, int $job, ?Call $call = null): Outcome
    {
        $wait = Call::options($call);

        return $this->outcome('adsync_job_wait', $org, $job, $wait->pointer());
    }

    /**
     * Jobs, newest first (adsync_job_list): job, connection, type, data, mode, state, attempt, progress, message, error, parent, the times.
     *
     * @param int $connection 0: all
     * @param int $job        0: all
     * @param int $limit      0: 100
     */
    public function list(string $org, int $connection = 0, int $job = 0, int $limit = 0): Rows
    {
        return $this->rows('adsync_job_list', $org, $connection, $job, $limit);
    }

    /**
     * Calls a job off (adsync_job_cancel): one that waits is gone at once, one that runs ends with its next commit, wherever it runs.
     */
    public function cancel(string $org, int $job): Status
    {
        return $this->call('adsync_job_cancel', $org, $job);
    }
}
