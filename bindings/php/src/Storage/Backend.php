<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Storage;

/**
 * A storage of the application's own (adsync_storage_ops). doc/storage.md is the contract, StorageCheck proves it; PdoBackend is one.
 *
 * Tables are numbers, see Adsync\Schema; a key or a row is a list of int, string and null in column order. Exceptions may be thrown:
 * RetryException (nothing applied, try again), UncertainException (a commit's answer was lost), TooBigException, StorageException and
 * UnsupportedException are answers of their own to the library; any other one reaches the caller of the library as itself.
 * The storage that is being served must not be called from inside; exit() must not be called at all.
 */
interface Backend
{
    /**
     * Gives the rows that exist of these keys, in any order.
     *
     * @param int                    $columns how many leading ones are wanted; more are fine
     * @param list<list<int|string>> $keys
     */
    public function read(int $table, int $columns, array $keys, Sink $sink): void;

    /** Gives the rows of a range in its order, at most $range->limit: committed ones only, each untorn. */
    public function scan(Range $range, Sink $sink): void;

    /**
     * Applies all changes or none. They come sorted by table and key, one per key. When it returns an empty list they are durable and
     * every later read on every handle sees them.
     *
     * @param list<Change> $changes
     *
     * @return list<int> the positions of EVERY change that does not hold; then nothing was applied
     */
    public function commit(array $changes): array;

    /** The last handle is gone. */
    public function close(): void;
}
