// The warm start page with the AWS SDK for JavaScript: parent, identical child, lists in pages, stop, waiter, errors. Prints one line
// per check: name, ok or what was wrong. Run it in a folder with the SDK's node_modules.
import { createRequire } from 'node:module';

const require = createRequire(process.cwd() + '/');
const sdk = require('@aws-sdk/client-sagemaker');
const [endpoint, quick, slow, access] = process.argv.slice(2);
const region = 'eu-west-1';
const client = new sdk.SageMakerClient({ endpoint, region });
const send = (operation, input) => client.send(new sdk[operation + 'Command'](input));
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const check = (name, condition, detail = '') => console.log(`${name}\t${condition ? 'ok' : 'FAILED ' + JSON.stringify(detail)}`);

async function refusal(call) {
  try {
    return { name: 'accepted', answer: await call };
  } catch (error) {
    return error;
  }
}

function checkRefusal(name, error, code, text) {
  const told = { name: error.name, message: error.message, metadata: error.$metadata };
  check(name, error.name === code && error.message.includes(text) && error instanceof sdk.SageMakerServiceException
    && error.$metadata.httpStatusCode === 400 && error.$metadata.requestId?.length === 36, told);
}

async function ended(name) {
  for (;;) {
    const job = await send('DescribeHyperParameterTuningJob', { HyperParameterTuningJobName: name });
    if (!['InProgress', 'Stopping'].includes(job.HyperParameterTuningJobStatus)) return job;
    await pause(100);
  }
}

async function all(pages, list) {
  const items = [];
  let count = 0;
  for await (const page of pages) {
    items.push(...page[list]);
    count++;
  }
  return { items, count };
}

const config = {
  Strategy: 'Bayesian',
  HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'score' },
  ResourceLimits: { MaxNumberOfTrainingJobs: 5, MaxParallelTrainingJobs: 2 },
  ParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0.0', MaxValue: '1.0', ScalingType: 'Linear' }] },
};
const definition = program => ({
  AlgorithmSpecification: { TrainingImage: program, TrainingInputMode: 'File', MetricDefinitions: [{ Name: 'score', Regex: 'score=([0-9.e-]+)' }] },
  InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/train' } } }],
  OutputDataConfig: { S3OutputPath: 's3://bucket/output' },
  ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
  RoleArn: 'arn:aws:iam::123456789012:role/SageMakerRole',
  StaticHyperParameters: { epochs: '30' },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
});
const create = (name, program, more = {}) => send('CreateHyperParameterTuningJob', {
  HyperParameterTuningJobName: name, HyperParameterTuningJobConfig: config, TrainingJobDefinition: definition(program), ...more,
});
const value = summary => summary.FinalHyperParameterTuningJobObjectiveMetric.Value;

const before = Date.now() - 1000;
const { HyperParameterTuningJobArn } = await create('MyParentTuningJob', quick, { Tags: [{ Key: 'team', Value: 'search' }] });
check('arn_has_the_clients_region', HyperParameterTuningJobArn === `arn:aws:sagemaker:${region}:000000000000:hyper-parameter-tuning-job/myparenttuningjob`, HyperParameterTuningJobArn);
const parent = await ended('MyParentTuningJob');
check('parent_completes', parent.HyperParameterTuningJobStatus === 'Completed' && parent.TrainingJobStatusCounters.Completed === 5, parent);
check('times_are_dates', parent.CreationTime instanceof Date && parent.CreationTime.getTime() >= before && parent.HyperParameterTuningEndTime >= parent.CreationTime, parent);
check('parent_has_no_overall_best', parent.OverallBestTrainingJob === undefined, parent);
check('describe_adds_the_objective_hyperparameter', parent.TrainingJobDefinition.StaticHyperParameters._tuning_objective_metric === 'score', parent);
check('describe_tells_consumed_time', Number.isInteger(parent.ConsumedResources.RuntimeInSeconds), parent);

const warmStart = type => ({ WarmStartConfig: { WarmStartType: type, ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'MyParentTuningJob' }] } });
await create('MyWarmStartTuningJob', quick, warmStart('IdenticalDataAndAlgorithm'));
const child = await ended('MyWarmStartTuningJob');
const overall = child.OverallBestTrainingJob;
check('overall_best_names_its_tuning_job', ['MyParentTuningJob', 'MyWarmStartTuningJob'].includes(overall?.TuningJobName), child);
check('overall_best_is_the_best_of_both', value(overall) === Math.max(value(parent.BestTrainingJob), value(child.BestTrainingJob)), child);
check('overall_best_is_that_jobs_best', overall.TrainingJobName === (overall.TuningJobName === 'MyParentTuningJob' ? parent : child).BestTrainingJob.TrainingJobName, child);

const trainingJobs = await all(sdk.paginateListTrainingJobsForHyperParameterTuningJob(
  { client, pageSize: 2 }, { HyperParameterTuningJobName: 'MyParentTuningJob', SortBy: 'FinalObjectiveMetricValue', SortOrder: 'Descending' }), 'TrainingJobSummaries');
const values = trainingJobs.items.map(value);
check('training_jobs_come_in_pages_and_in_order', trainingJobs.count === 3 && values.length === 5 && values.every((v, i) => i === 0 || values[i - 1] >= v), values);
const tuningJobs = await all(sdk.paginateListHyperParameterTuningJobs({ client, pageSize: 1 }, { SortBy: 'Name' }), 'HyperParameterTuningJobSummaries');
check('tuning_jobs_come_in_pages', JSON.stringify(tuningJobs.items.map(job => job.HyperParameterTuningJobName)) === '["MyParentTuningJob","MyWarmStartTuningJob"]', tuningJobs);
const everything = await all(sdk.paginateListTrainingJobs({ client, pageSize: 3 }, {}), 'TrainingJobSummaries');
check('all_training_jobs_come_in_pages', new Set(everything.items.map(job => job.TrainingJobName)).size === 10 && everything.items.length === 10, everything);
const tags = await send('ListTags', { ResourceArn: parent.BestTrainingJob.TrainingJobArn });
check('training_job_carries_the_tags', JSON.stringify(tags.Tags) === '[{"Key":"team","Value":"search"}]', tags);

await create('Stopped', slow);
let running;
while (!running) {
  const page = await send('ListTrainingJobsForHyperParameterTuningJob', { HyperParameterTuningJobName: 'Stopped' });
  running = page.TrainingJobSummaries.find(job => job.TrainingStartTime)?.TrainingJobName;
  if (!running) await pause(50);
}
const early = await refusal(create('Early', quick, { WarmStartConfig: { WarmStartType: 'TransferLearning', ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'Stopped' }] } }));
checkRefusal('a_running_job_is_no_parent', early, 'ValidationException', 'Stopped');
checkRefusal('a_running_job_is_not_deleted', await refusal(send('DeleteHyperParameterTuningJob', { HyperParameterTuningJobName: 'Stopped' })), 'ValidationException', 'not in a terminal state');
await send('StopHyperParameterTuningJob', { HyperParameterTuningJobName: 'Stopped' });
const waited = await sdk.waitUntilTrainingJobCompletedOrStopped({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TrainingJobName: running });
check('waiter_sees_the_training_job_stopped', waited.state === 'SUCCESS' && waited.reason.TrainingJobStatus === 'Stopped', waited);
const stopped = await ended('Stopped');
check('stop_stops', stopped.HyperParameterTuningJobStatus === 'Stopped' && stopped.TrainingJobStatusCounters.InProgress === 0, stopped);

const taken = await refusal(create('MYPARENTTUNINGJOB', quick));
checkRefusal('taken_name', taken, 'ResourceInUse', 'already exists');
const unknown = await refusal(send('DescribeHyperParameterTuningJob', { HyperParameterTuningJobName: 'nope' }));
checkRefusal('unknown_job', unknown, 'ResourceNotFound', "can't find a tuning job called nope");
check('modelled_errors_have_their_classes', taken instanceof sdk.ResourceInUse && unknown instanceof sdk.ResourceNotFound, unknown);
checkRefusal('stop_of_an_ended_job', await refusal(send('StopHyperParameterTuningJob', { HyperParameterTuningJobName: 'Stopped' })), 'ValidationException', 'already in status Stopped');
const invalid = await refusal(create('no_underscores', quick, { Tags: [{ Key: '', Value: 'x' }] }));
checkRefusal('all_violations_in_one_answer', invalid, 'ValidationException', '2 validation errors detected: ');

if (access === 'keys') {
  for (const [name, accessKeyId, secretAccessKey, code] of [['wrong_secret', 'KEY', 'wrong', 'InvalidSignatureException'], ['unknown_key', 'OTHER', 'right', 'UnrecognizedClientException']]) {
    const stranger = new sdk.SageMakerClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const error = await refusal(stranger.send(new sdk.ListHyperParameterTuningJobsCommand({})));
    check(name, error.name === code && error.$metadata.httpStatusCode === 403, error);
  }
  const unsigned = await fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': 'SageMaker.ListHyperParameterTuningJobs' }, body: '{}' });
  check('no_signature', unsigned.status === 403 && (await unsigned.json()).__type === 'MissingAuthenticationTokenException', unsigned.status);
}
