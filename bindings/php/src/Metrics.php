<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;

/** Figures, and which days of them are here. $engine->metrics */
final class Metrics extends Part
{
    /** A row per day. */
    public const BY_DAY = 1;
    /** A row per ad account. */
    public const BY_CONNECTION = 2;
    /** A row per platform. */
    public const BY_PLATFORM = 4;
    /** A row per thing of the level. */
    public const BY_ENTITY = 8;

    /**
     * Adds up figures, exactly: never over levels, never over currencies (adsync_metrics_query).
     *
     * @param int         $by         BY_*, added
     * @param int         $fromDay    20261120; 0: the first there is
     * @param int         $toDay      inclusive; 0: the last there is
     * @param Kind        $level      Account, Campaign, Adset, Ad or Keyword
     * @param int         $connection 0: all of the organisation
     * @param string|null $entityId   only this one
     *
     * @return Rows the groups, currency, spend, impressions, clicks, link_clicks, conversions, revenue, rows
     */
    public function query(string $org, int $by = 0, int $fromDay = 0, int $toDay = 0, Kind $level = Kind::Account, int $connection = 0,
        ?string $entityId = null): Rows
    {
        $options = new Options('adsync_metrics_options', ['from_day' => $fromDay, 'to_day' => $toDay, 'group_by' => $by, 'level' => $level,
            'connection' => $connection, 'entity_id' => $entityId]);

        return $this->rows('adsync_metrics_query', $org, $options->pointer());
    }

    /**
     * Figures as records for programs (adsync_payload_list): connection, day, campaign_id, cursor, payload (JSON text with exact
     * numbers; json_decode makes floats of the fractions).
     *
     * @param int         $limit 0: 1,000; fewer rows than that: these are the last
     * @param string|null $after the cursor of the last record that was read
     */
    public function payload(string $org, int $fromDay = 0, int $toDay = 0, int $connection = 0, int $limit = 0, ?string $after = null): Rows
    {
        $options = new Options('adsync_payload_options', ['from_day' => $fromDay, 'to_day' => $toDay, 'limit' => $limit,
            'connection' => $connection, 'after' => $after]);

        return $this->rows('adsync_payload_list', $org, $options->pointer());
    }

    /**
     * Which days are here (adsync_coverage_list): level, part, day, state (partial, provisional, settled), rows, pulled_at, day_zone.
     *
     * @param Kind|null $level null: all
     */
    public function coverage(string $org, int $connection, ?Kind $level = null): Rows
    {
        return $this->rows('adsync_coverage_list', $org, $connection, $level?->value ?? 0);
    }

    /**
     * What figures said before a platform restated them, newest first (adsync_revision_list): level, day, entity_id, part, found_us, state
     * ("changed", "gone") and the old figures, as in the metrics table.
     *
     * @param int         $fromDay  20261120; 0: the first there is
     * @param int         $toDay    inclusive; 0: the last there is
     * @param Kind|null   $level    null: all
     * @param int         $sinceUs  not found out before; 0: all
     * @param string|null $entityId only this one
     * @param int         $limit    0: 1,000
     */
    public function revisions(string $org, int $connection, int $fromDay = 0, int $toDay = 0, ?Kind $level = null, int $sinceUs = 0,
        ?string $entityId = null, int $limit = 0): Rows
    {
        $options = new Options('adsync_revision_options', ['from_day' => $fromDay, 'to_day' => $toDay, 'level' => $level?->value ?? 0,
            'since_us' => $sinceUs, 'entity_id' => $entityId, 'limit' => $limit]);

        return $this->rows('adsync_revision_list', $org, $connection, $options->pointer());
    }
}
