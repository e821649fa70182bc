using Rekindle.Feeder;

if (args is not [var folder])
{
    Console.Error.WriteLine("usage: rekindle-feeder FOLDER, the folder of an execution with a plan of what to feed");
    return 2;
}

// Whoever the program runs as may read its FIFOs; the folder above them is the server's alone.
_ = Libc.SetUmask(0);
ExecutionEnd.Prepare(folder);
var failures = new FailureNote(folder);
try
{
    var fifos = FifoFolder.Open(folder);
    foreach (var channel in FeedPlan.Read(Path.Combine(folder, FeedFiles.Plan)))
    {
        // A thread may be inside a call that waits for a reader who never comes; it ends with the process.
        new Thread(() => failures.Watch(new ChannelFeed(channel, fifos).Run), maxStackSize: 256 << 10) { IsBackground = true }.Start();
    }
}
catch (IOException problem)
{
    failures.Write(FeedFiles.MachineAtFault, problem.Message);
}

// After a failure too: as long as this process lives, no reader sees an end. The server ends the program, and with it goes this.
var interval = TimeSpan.FromMilliseconds(100);
while (!ExecutionEnd.IsIn(folder) || !ExecutionEnd.Acknowledge(folder))
{
    await Task.Delay(interval, TimeProvider.System);
}

return 0;
