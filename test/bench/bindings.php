<?php
// SPDX-License-Identifier: MIT
// What bench_bindings.c does, in PHP: bindings.php FOLDER DAYS sqlite|pdo
declare(strict_types=1);

use Adsync\Call;
use Adsync\Engine;
use Adsync\Keys;
use Adsync\Library;
use Adsync\Mode;
use Adsync\Storage;
use Adsync\Storage\PdoBackend;
use Adsync\Transport;

require __DIR__ . '/../../bindings/php/autoload.php';

const ORG = 'bench';

function cpu(): float
{
    $used = getrusage();

    return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
}

function sync(string $folder, int $days, string $store): void
{
    $storage = $store === 'sqlite' ? Storage::sqlite("$folder/ads.db") : Storage::of(new PdoBackend(static fn () => new PDO("sqlite:$folder/ads.db")));
    $engine = new Engine($storage, Keys::file("$folder/ads.keys"), Transport::curl(connectTo: getenv('ADSYNC_CONNECT_TO'), plain: true));
    $engine->app('meta');
    $grant = $engine->grants->add(ORG, 'meta', getenv('ADSYNC_TOKEN'));
    $connection = $engine->connections->add(ORG, $grant, getenv('ADSYNC_ACCOUNT'), auto: false);
    $job = $engine->jobs->enqueue(ORG, $connection, mode: Mode::Backfill, days: $days);
    if ($engine->jobs->wait(ORG, $job, Call::seconds(300))->isPending()) {
        throw new RuntimeException('the sync did not end');
    }
}

[, $folder, $days, $store] = $argv;
Library::version(); // declarations are read once for a process
$cpu = cpu();
$begun = hrtime(true);
sync($folder, (int) $days, $store);
printf("%.6f %.6f\n", cpu() - $cpu, (hrtime(true) - $begun) / 1e9);
