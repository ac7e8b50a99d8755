<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;
use Adsync\Internal\Part;

/** Campaigns, ad sets, ads and the rest. $engine->entities */
final class Entities extends Part
{
    private const REMOVED = 1;

    /**
     * One page of entities by id (adsync_entity_list).
     *
     * @param int         $limit   0: 1,000
     * @param string|null $id      only this one
     * @param string|null $afterId those after this id
     * @param bool        $removed also what complete lists no longer hold
     */
    public function list(string $org, int $connection, Kind $kind, int $limit = 0, ?string $id = null, ?string $afterId = null, bool $removed = false): Rows
    {
        $options = new Options('adsync_entity_options', ['flags' => $removed ? self::REMOVED : 0, 'limit' => $limit, 'id' => $id, 'after_id' => $afterId]);

        return $this->rows('adsync_entity_list', $org, $connection, $kind->value, $options->pointer());
    }

    /**
     * All entities by id, page after page.
     *
     * @param bool $removed also what complete lists no longer hold
     *
     * @return \Generator<int, array<string, int|string|null>>
     */
    public function all(string $org, int $connection, Kind $kind, bool $removed = false, int $page = 1000): \Generator
    {
        $after = null;
        do {
            $rows = $this->list($org, $connection, $kind, $page, afterId: $after, removed: $removed);
            $n = count($rows);
            foreach ($rows as $row) {
                $after = $row['id'];
                yield $row;
            }
        } while ($n === $page);
    }
}
