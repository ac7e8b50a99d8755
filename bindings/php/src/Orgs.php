<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Part;

/** Organisations as a whole: $engine->orgs. */
final class Orgs extends Part
{
    /**
     * Erases an organisation with everything that is stored of it, for good (adsync_org_erase). It goes on where it was interrupted, and
     * workers finish what nobody waits for.
     *
     * @return Outcome row: state (deleting, erased), name (the table under way), progress; Pending: the wait ended first
     */
    public function erase(string $org, ?Call $call = null): Outcome
    {
        $wait = Call::options($call);

        return $this->outcome('adsync_org_erase', $org, $wait->pointer());
    }
}
