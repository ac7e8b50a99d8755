<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;
use FFI;

/** Consents: two routes of a web application. $engine->oauth */
final class Oauth extends Part
{
    /**
     * Begins a consent (adsync_oauth_begin).
     *
     * @param string      $org        the application's name of the organisation; it is added if it is new
     * @param string      $session    something only this browser's session has; complete() must be given the same
     * @param int         $renewGrant the grant to connect again; 0: a new one, or the one the same person gave before
     * @param string|null $app        which registration; null: "default"
     * @param string|null $scopes     separated by blanks; null: the app's
     *
     * @return array{url: string, state: string, expires_us: int} url: where to send the browser
     */
    public function begin(string $org, string $platform, string $session, int $renewGrant = 0, ?string $app = null, ?string $scopes = null,
        ?Call $call = null): array
    {
        $options = new Options('adsync_oauth_options', ['renew_grant' => $renewGrant, 'app' => $app, 'scopes' => $scopes]);
        $wait = Call::options($call);

        return $this->rows('adsync_oauth_begin', $org, $platform, $session, $options->pointer(), $wait->pointer())->next();
    }

    /**
     * Ends a consent (adsync_oauth_complete).
     *
     * @param string $query all after the '?' of the redirect, as it came: $_SERVER['QUERY_STRING']
     *
     * @return Outcome id: the grant; rows: account_id, name, currency, time_zone, status of each account to choose from
     *
     * @throws Exception\ForgedException   the state is unknown, used, too old, or another session's or organisation's
     * @throws Exception\RejectedException the person said no
     */
    public function complete(string $org, string $session, string $query, ?Call $call = null): Outcome
    {
        $grant = Library::make('int64_t');
        $wait = Call::options($call);
        $outcome = $this->outcome('adsync_oauth_complete', $org, $session, $query, $wait->pointer(), FFI::addr($grant));

        return new Outcome($outcome->status, $grant->cdata, $outcome->rows);
    }
}
