<?php
// SPDX-License-Identifier: MIT
// The OAuth web flow as two routes, without a framework: /connect sends the browser to the platform, /connected is where it comes back.
//
//     php bin/adsync-preload /etc/adsync-php
//     ADSYNC_META_CLIENT_ID=.. ADSYNC_META_CLIENT_SECRET=.. php -d ffi.preload='/etc/adsync-php/*.h' \
//         -d opcache.preload=/path/to/bindings/php/preload.php -d opcache.preload_user=www-data -S localhost:8000 web.php
//
// PHP refuses FFI outside the command line unless the package is preloaded, as here, or php.ini says ffi.enable=1.
declare(strict_types=1);

use Adsync\Call;
use Adsync\Engine;
use Adsync\Exception\AdsyncException;
use Adsync\Exception\ForgedException;
use Adsync\Exception\RejectedException;
use Adsync\Keys;
use Adsync\Mode;
use Adsync\Storage;
use Adsync\Transport;

require_once is_file('vendor/autoload.php') ? 'vendor/autoload.php' : __DIR__ . '/../autoload.php';

function engine(): Engine
{
    $network = Transport::curl(caFile: getenv('ADSYNC_CA') ?: null, connectTo: getenv('ADSYNC_CONNECT_TO') ?: null);
    $engine = new Engine(Storage::sqlite('ads.db'), Keys::file('ads.keys'), $network, claims: false); // workers do the syncs, see worker.php
    $engine->app('meta', getenv('ADSYNC_META_CLIENT_ID') ?: null, getenv('ADSYNC_META_CLIENT_SECRET') ?: null,
        redirectUri: 'http://' . $_SERVER['HTTP_HOST'] . '/connected');

    return $engine;
}

/** Whose data it is: the one who is logged in to the application. */
function organisation(): string
{
    return 'my-company';
}

/** @param array<string, mixed>|list<mixed> $answer */
function answer(int $status, array $answer): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}

function connect(): void
{
    $begun = engine()->oauth->begin(organisation(), 'meta', session_id());
    header('Location: ' . $begun['url'], true, 302);
}

function connected(): void
{
    try {
        $done = engine()->oauth->complete(organisation(), session_id(), $_SERVER['QUERY_STRING'] ?? '', Call::seconds(20));
    } catch (RejectedException) {
        answer(403, ['message' => 'You said no. Nothing was connected.']);

        return;
    } catch (ForgedException) {
        answer(400, ['message' => 'This link was used before, is too old, or is not yours. Please begin again.']);

        return;
    }
    answer(200, ['grant' => $done->id, 'accounts' => $done->rows]);
}

/** The person chose an account: POST /accounts with grant and account_id. */
function choose(): void
{
    $engine = engine();
    $connection = $engine->connections->add(organisation(), (int) $_POST['grant'], $_POST['account_id']);
    $job = $engine->jobs->enqueue(organisation(), $connection, mode: Mode::Backfill, days: 30);
    answer(202, ['connection' => $connection, 'job' => $job]);
}

session_start();
try {
    match ($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
        'GET /connect' => connect(),
        'GET /connected' => connected(),
        'POST /accounts' => choose(),
        default => answer(404, ['message' => 'There is /connect.']),
    };
} catch (AdsyncException $e) {
    error_log($e->getName() . ': ' . $e->getMessage());
    answer(500, ['message' => $e->getMessage()]);
}
