using Rekindle.Cli;

using var signals = new Signals();
return await RekindleProgram.RunAsync(args, Shell.OfProcess(signals), signals.Asked);
