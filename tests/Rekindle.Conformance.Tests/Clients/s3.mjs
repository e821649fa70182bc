// S3 with the AWS SDK for JavaScript, knowing the server only by AWS_ENDPOINT_URL. Prints one line per check: name, ok or what was wrong.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const require = createRequire(process.cwd() + '/');
const sdk = require('@aws-sdk/client-s3');
const client = new sdk.S3Client({ region: 'us-east-1', forcePathStyle: true });
const send = (operation, input) => client.send(new sdk[operation + 'Command'](input));
const check = (name, condition, detail) => console.log(`${name}\t${condition ? 'ok' : 'FAILED ' + JSON.stringify(detail)}`);
const refusal = promise => promise.then(() => ({}), error => error);

await send('CreateBucket', { Bucket: 'from-js' });
const put = await send('PutObject', { Bucket: 'from-js', Key: 'a b/ü.txt', Body: 'hello', ContentType: 'text/x-mine', Metadata: { who: 'me' } });
check('put', put.ETag === '"5d41402abc4b2a76b9719d911017c592"', put);
const got = await send('GetObject', { Bucket: 'from-js', Key: 'a b/ü.txt' });
check('get', await got.Body.transformToString() === 'hello' && got.ContentType === 'text/x-mine' && got.Metadata.who === 'me', got.$metadata);
// A stream goes out in chunks with its checksum behind them.
const bytes = Buffer.alloc(300_000, 'stream');
for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256']) {
  await send('PutObject', { Bucket: 'from-js', Key: 'stream', Body: Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]), ContentLength: bytes.length, ChecksumAlgorithm });
  const back = await send('GetObject', { Bucket: 'from-js', Key: 'stream', ChecksumMode: 'ENABLED' });
  check(`stream_${ChecksumAlgorithm}`, Buffer.from(await back.Body.transformToByteArray()).equals(bytes) && back['Checksum' + ChecksumAlgorithm] !== undefined && !back.ContentEncoding, back.$metadata);
}
const listed = await send('ListObjectsV2', { Bucket: 'from-js' });
check('list', JSON.stringify(listed.Contents.map(o => o.Key)) === '["a b/ü.txt","stream"]', listed);
const missing = await refusal(send('GetObject', { Bucket: 'from-js', Key: 'nope' }));
check('modelled_errors_have_their_classes', missing instanceof sdk.NoSuchKey, missing);
check('a_bucket_with_objects_stays', (await refusal(send('DeleteBucket', { Bucket: 'from-js' }))).name === 'BucketNotEmpty');
await send('DeleteObjects', { Bucket: 'from-js', Delete: { Objects: listed.Contents.map(({ Key }) => ({ Key })) } });
await send('DeleteBucket', { Bucket: 'from-js' });
check('all_is_gone', (await refusal(send('HeadBucket', { Bucket: 'from-js' }))).$metadata.httpStatusCode === 404);
