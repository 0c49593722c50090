using Ibke.CrashHost;

// A process with a knowledge service, for tests.
// crash MODEL JOURNAL SEED STEP COUNT: edits at random until it is killed, or kills itself after a step.
// follow MODEL JOURNAL: does what standard input says, and tells of every change of what is in force.
return args switch
{
    ["crash", .. string[] rest] => await Crash.RunAsync(rest),
    ["follow", .. string[] rest] => await Follow.RunAsync(rest),
    _ => 2,
};
