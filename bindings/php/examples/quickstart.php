<?php
// SPDX-License-Identifier: MIT
// Connects an ad account with a token that you have, syncs 90 days into SQLite, prints what was spent a day.
//
//     (umask 077; printf 'k1:%s\n' "$(openssl rand -base64 32)" >ads.keys)
//     ADSYNC_TOKEN=.. php quickstart.php meta act_123456
//
// Run it as often as you like: nothing is stored twice. ADSYNC_CLIENT_ID and _CLIENT_SECRET are those of the app that the token was made
// for. ADSYNC_CONNECT_TO (HOST:PORT) and ADSYNC_CA lead to a simulator.
declare(strict_types=1);

use Adsync\Call;
use Adsync\Engine;
use Adsync\Exception\AdsyncException;
use Adsync\Format;
use Adsync\Keys;
use Adsync\Metrics;
use Adsync\Mode;
use Adsync\Storage;
use Adsync\Transport;

require is_file('vendor/autoload.php') ? 'vendor/autoload.php' : __DIR__ . '/../autoload.php';

const ORG = 'my-company'; // whose data this is: one store keeps any number of them apart

[, $platform, $account] = $argv + [null, null, null];
$token = getenv('ADSYNC_TOKEN');
if ($account === null || $token === false) {
    fwrite(STDERR, "usage: ADSYNC_TOKEN=.. php quickstart.php PLATFORM ACCOUNT\n");
    exit(2);
}

try {
    $network = Transport::curl(caFile: getenv('ADSYNC_CA') ?: null, connectTo: getenv('ADSYNC_CONNECT_TO') ?: null);
    $engine = new Engine(Storage::sqlite('ads.db'), Keys::file('ads.keys'), $network);
    $engine->app($platform, getenv('ADSYNC_CLIENT_ID') ?: null, getenv('ADSYNC_CLIENT_SECRET') ?: null);

    $grant = $engine->grants->add(ORG, $platform, $token);
    $connection = $engine->connections->add(ORG, $grant, $account);
    $job = $engine->jobs->enqueue(ORG, $connection, mode: Mode::Backfill, days: 90);
    if ($engine->jobs->wait(ORG, $job, Call::seconds(600))->isPending()) {
        echo "still going on; what is here so far:\n";
    }
    foreach ($engine->metrics->query(ORG, Metrics::BY_DAY, connection: $connection) as $row) {
        printf("%s  %16s  %10d impressions  %8d clicks\n", Format::day($row['day']), Format::money($row['spend'], $row['currency']),
            $row['impressions'], $row['clicks']);
    }
} catch (AdsyncException $e) {
    fwrite(STDERR, $e->getName() . ': ' . $e->getMessage() . "\n");
    exit(1);
}
