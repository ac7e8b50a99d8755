<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

/** One stretch of an index (adsync_range). */
final class Range
{
    /**
     * @param int              $index      0: the key. A row with a null in a column of the index is not in it
     * @param list<int|string> $lower      a prefix of the index' columns (and of the key's that it lacks), compared over its own length
     * @param list<int|string> $upper      likewise; both ends are included, an empty one is open
     * @param bool             $descending from the upper end down
     * @param bool             $exclusive  leave out rows equal to the bound where the scan starts
     * @param int              $columns    how many leading columns are wanted; 0: all
     * @param bool             $allOrgs    an index over all organisations is meant; backends ignore it
     */
    public function __construct(
        public readonly int $table,
        public readonly int $index = 0,
        public readonly array $lower = [],
        public readonly array $upper = [],
        public readonly int $limit = 1000,
        public readonly bool $descending = false,
        public readonly bool $exclusive = false,
        public readonly int $columns = 0,
        public readonly bool $allOrgs = false,
    ) {
    }
}
