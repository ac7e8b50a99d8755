<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;

/** Ad accounts that a grant reaches. $engine->connections */
final class Connections extends Part
{
    private const REVOKE = 1, MANUAL = 1, AUTO = 2, BY_KIND = 4, NOW = 8, BACKFILL = 16;

    /**
     * Adds an ad account (adsync_connection_add). The same account gives the same connection again. No platform is called.
     *
     * @param string                    $accountId        in any spelling of the platform
     * @param int                       $frequencyMinutes 0: by kind of data
     * @param int                       $timeframeDays    0: 90
     * @param array<string, mixed>|null $metadata         of the application's own, kept as JSON
     * @param bool|null                 $auto             false: synced only when somebody asks; null: as it was, and a new one by itself
     *
     * @return int the connection
     */
    public function add(string $org, int $grant, string $accountId, int $frequencyMinutes = 0, int $timeframeDays = 0, ?array $metadata = null, ?bool $auto = null): int
    {
        $options = new Options('adsync_connection_options', ['flags' => self::auto($auto), 'frequency_minutes' => $frequencyMinutes,
            'timeframe_days' => $timeframeDays, 'metadata' => self::json($metadata)]);

        return $this->number('adsync_connection_add', $org, $grant, $accountId, $options->pointer());
    }

    /**
     * Changes how a connection is synced (adsync_connection_set). What is due by the new settings begins as soon as a worker looks.
     *
     * @param int|null                  $frequencyMinutes null: as it is; 0: by kind of data
     * @param int|null                  $timeframeDays    null: as it is; more than before are fetched by a backfill
     * @param array<string, mixed>|null $metadata         null: as it is
     * @param bool|null                 $auto             whether it is synced by itself; null: as it is
     * @param bool                      $now              all regular syncs are due now, whenever they last ran
     * @param bool                      $backfill         all its days are fetched once more
     */
    public function set(string $org, int $connection, ?int $frequencyMinutes = null, ?int $timeframeDays = null, ?array $metadata = null, ?bool $auto = null, bool $now = false, bool $backfill = false): Status
    {
        $flags = self::auto($auto) | ($frequencyMinutes === 0 ? self::BY_KIND : 0) | ($now ? self::NOW : 0) | ($backfill ? self::BACKFILL : 0);
        $settings = new Options('adsync_connection_settings', ['flags' => $flags, 'frequency_minutes' => $frequencyMinutes,
            'timeframe_days' => $timeframeDays, 'metadata' => self::json($metadata)]);

        return $this->call('adsync_connection_set', $org, $connection, $settings->pointer());
    }

    /**
     * When connections are due (adsync_schedule_list): name (metrics, campaigns, daily, weekly, backfill), due_us, started_us, job.
     *
     * @param int $connection 0: all
     */
    public function schedule(string $org, int $connection = 0): Rows
    {
        return $this->rows('adsync_schedule_list', $org, $connection);
    }

    /**
     * Connections (adsync_connection_list).
     *
     * @param int $connection 0: all
     */
    public function list(string $org, int $connection = 0): Rows
    {
        return $this->rows('adsync_connection_list', $org, $connection);
    }

    /**
     * Asks the platform whether token, scopes and account still stand (adsync_connection_validate).
     *
     * @return Outcome row: status, message, scopes, access_expires_us
     */
    public function validate(string $org, int $connection, ?Call $call = null): Outcome
    {
        $wait = Call::options($call);

        return $this->outcome('adsync_connection_validate', $org, $connection, $wait->pointer());
    }

    /**
     * Ends a connection: it syncs no more; its data stay (adsync_connection_disconnect).
     *
     * @param bool $revoke give the consent back at the platform, if no other connection uses the grant
     *
     * @return Outcome row: status, message (what a person still has to do at the platform); Partial: not revoked there
     */
    public function disconnect(string $org, int $connection, bool $revoke = false, ?Call $call = null): Outcome
    {
        $wait = Call::options($call);

        return $this->outcome('adsync_connection_disconnect', $org, $connection, $revoke ? self::REVOKE : 0, $wait->pointer());
    }

    private static function auto(?bool $auto): int
    {
        return match ($auto) {
            null => 0,
            true => self::AUTO,
            false => self::MANUAL,
        };
    }

    /** @param array<string, mixed>|null $metadata */
    private static function json(?array $metadata): ?string
    {
        return $metadata === null ? null : json_encode((object) $metadata, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
    }
}
