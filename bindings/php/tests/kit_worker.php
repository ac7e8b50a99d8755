<?php
// SPDX-License-Identifier: MIT
// One worker of the kit as a process: kit_worker.php DSN SEED ROLE LOG
declare(strict_types=1);

namespace Adsync\Tests;

use Adsync\Storage;
use Adsync\StorageCheck;

require __DIR__ . '/../autoload.php';
require __DIR__ . '/places.php';

[, $dsn, $seed, $role, $log] = $argv;
(new StorageCheck(static fn () => Storage::of((new Place($dsn))->backend())))->worker((int) $seed, (int) $role, $log);
