using Ibke.Samples.ChatBackend;

return await Application.RunAsync(args);
