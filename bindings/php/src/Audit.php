<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Part;

/** Every call to a platform. $engine->audit */
final class Audit extends Part
{
    /**
     * Calls, newest first (adsync_audit_list).
     *
     * @param int $connection 0: all
     * @param int $sinceUs    not older; 0: all
     * @param int $limit      0: 100
     */
    public function list(string $org, int $connection = 0, int $sinceUs = 0, int $limit = 0): Rows
    {
        return $this->rows('adsync_audit_list', $org, $connection, $sinceUs, $limit);
    }
}
