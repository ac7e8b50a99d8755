<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;

/** Consents that were given: the tokens of one external user at one platform. $engine->grants */
final class Grants extends Part
{
    /** When an access token never ends. */
    public const NEVER = -1;

    /**
     * Stores a token that the application already has (adsync_grant_add).
     *
     * @param string      $org              the application's name of the organisation; it is added if it is new
     * @param int         $expiresUs        when the access token ends; 0: not known; NEVER
     * @param int         $refreshExpiresUs when the refresh token ends; 0: not known
     * @param string|null $app              which registration; null: "default"
     * @param string|null $tokenSecret      OAuth 1.0a
     * @param string|null $scopes           separated by blanks
     *
     * @return int the grant
     */
    public function add(string $org, string $platform, #[\SensitiveParameter] string $accessToken, int $expiresUs = 0, int $refreshExpiresUs = 0,
        ?string $app = null, #[\SensitiveParameter] ?string $refreshToken = null, #[\SensitiveParameter] ?string $tokenSecret = null,
        ?string $scopes = null): int
    {
        $options = new Options('adsync_grant_options', ['expires_us' => $expiresUs, 'refresh_expires_us' => $refreshExpiresUs, 'app' => $app,
            'refresh_token' => $refreshToken, 'token_secret' => $tokenSecret, 'scopes' => $scopes]);

        return $this->number('adsync_grant_add', $org, $platform, $accessToken, $options->pointer());
    }

    /**
     * Grants (adsync_grant_list): grant, platform, app, external_user, name, state (active, refreshing, expired, revoked), message, ..
     *
     * @param int $grant 0: all
     */
    public function list(string $org, int $grant = 0): Rows
    {
        return $this->rows('adsync_grant_list', $org, $grant);
    }

    /**
     * Asks the platform which accounts a grant reaches (adsync_grant_accounts).
     *
     * @return Outcome rows: account_id, name, currency, time_zone, status
     */
    public function accounts(string $org, int $grant, ?Call $call = null): Outcome
    {
        $wait = Call::options($call);

        return $this->outcome('adsync_grant_accounts', $org, $grant, $wait->pointer());
    }

    /**
     * Refreshes a grant's tokens now, once over all processes (adsync_grant_refresh).
     *
     * @return Status Ok or Pending
     *
     * @throws Exception\AuthException a person has to connect again
     */
    public function refresh(string $org, int $grant, ?Call $call = null): Status
    {
        $wait = Call::options($call);

        return $this->call('adsync_grant_refresh', $org, $grant, $wait->pointer());
    }

    /**
     * Grants of all organisations whose tokens need attention until a time, the most urgent first (adsync_grant_expiring).
     *
     * @param int $limit 0: 100
     */
    public function expiring(int $untilUs, int $limit = 0): Rows
    {
        return $this->rows('adsync_grant_expiring', $untilUs, $limit);
    }
}
