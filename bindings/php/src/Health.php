<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Part;

/** How syncing goes. $engine->health */
final class Health extends Part
{
    /**
     * How connections are: state, advice (what a person has to do), message, last_sync_us, next_sync_us .. (adsync_health_list).
     *
     * @param int $connection 0: all
     */
    public function list(string $org, int $connection = 0): Rows
    {
        return $this->rows('adsync_health_list', $org, $connection);
    }

    /** How many connections are in which state: state, rows (adsync_health_count). */
    public function count(string $org): Rows
    {
        return $this->rows('adsync_health_count', $org);
    }

    /**
     * What became of the jobs and calls of some time: type, state, rows, duration_us, longest_us (adsync_health_statistics).
     *
     * @param int $connection 0: all
     * @param int $toUs       the first instant after it; 0: now
     */
    public function statistics(string $org, int $fromUs, int $toUs = 0, int $connection = 0): Rows
    {
        return $this->rows('adsync_health_statistics', $org, $connection, $fromUs, $toUs);
    }
}
