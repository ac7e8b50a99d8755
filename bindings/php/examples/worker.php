<?php
// SPDX-License-Identifier: MIT
// A worker: syncs what was asked for elsewhere, until SIGTERM or SIGINT. Run as many as you like, on one store.
//
//     ADSYNC_META_CLIENT_ID=.. ADSYNC_META_CLIENT_SECRET=.. php worker.php
//
// ADSYNC_PDO is a DSN ("pgsql:host=..;dbname=..") for a store that the application reaches through PDO; without it the store is ads.db.
declare(strict_types=1);

use Adsync\Engine;
use Adsync\Host;
use Adsync\Keys;
use Adsync\Rows;
use Adsync\Storage;
use Adsync\Storage\PdoBackend;
use Adsync\Transport;

require is_file('vendor/autoload.php') ? 'vendor/autoload.php' : __DIR__ . '/../autoload.php';

$dsn = getenv('ADSYNC_PDO');
$storage = $dsn === false ? Storage::sqlite('ads.db') : Storage::of(new PdoBackend(static fn () => new PDO($dsn)));
$network = Transport::curl(caFile: getenv('ADSYNC_CA') ?: null, connectTo: getenv('ADSYNC_CONNECT_TO') ?: null);
$log = static fn (int $level, string $json) => $level > 1 ? null : fwrite(STDERR, $json . "\n");
$engine = new Engine($storage, Keys::file('ads.keys'), $network, new Host($log));
$engine->app('meta', getenv('ADSYNC_META_CLIENT_ID') ?: null, getenv('ADSYNC_META_CLIENT_SECRET') ?: null);

pcntl_async_signals(true); // handlers run between two turns of the engine
pcntl_signal(SIGTERM, static fn () => $engine->stop());
pcntl_signal(SIGINT, static fn () => $engine->stop());

$engine->run(static function (Rows $events): void {
    foreach ($events as $event) {
        echo json_encode($event), "\n";
    }
});
