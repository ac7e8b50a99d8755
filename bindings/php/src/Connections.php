<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;

/** Ad accounts that a grant reaches. $engine->connections */
final class Connections extends Part
{
    private const REVOKE = 1;

    /**
     * Adds an ad account (adsync_connection_add). The same account gives the same connection again. No platform is called.
     *
     * @param string                    $accountId        in any spelling of the platform
     * @param int                       $frequencyMinutes 0: by kind of data
     * @param int                       $timeframeDays    0: 90
     * @param array<string, mixed>|null $metadata         of the application's own, kept as JSON
     *
     * @return int the connection
     */
    public function add(string $org, int $grant, string $accountId, int $frequencyMinutes = 0, int $timeframeDays = 0, ?array $metadata = null): int
    {
        $options = new Options('adsync_connection_options', ['frequency_minutes' => $frequencyMinutes, 'timeframe_days' => $timeframeDays,
            'metadata' => $metadata === null ? null : json_encode((object) $metadata, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE)]);

        return $this->number('adsync_connection_add', $org, $grant, $accountId, $options->pointer());
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
}
