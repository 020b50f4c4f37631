CREATE TABLE `import_problems` (
	`id` integer PRIMARY KEY NOT NULL,
	`import_key` integer NOT NULL,
	`problem` integer NOT NULL,
	`source_id` text NOT NULL,
	`split` text DEFAULT '' NOT NULL,
	`key` text NOT NULL,
	`prompt` text,
	`target` text,
	`cluster` text,
	FOREIGN KEY (`import_key`) REFERENCES `imports`(`key`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `import_problems_problem` ON `import_problems` (`import_key`,`problem`);--> statement-breakpoint
CREATE UNIQUE INDEX `import_problems_key` ON `import_problems` (`import_key`,`split`,`key`);--> statement-breakpoint
CREATE TABLE `import_runs` (
	`id` integer PRIMARY KEY NOT NULL,
	`import_key` integer NOT NULL,
	`run` integer NOT NULL,
	`arm` text,
	`seed` integer,
	FOREIGN KEY (`import_key`) REFERENCES `imports`(`key`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `import_runs_run` ON `import_runs` (`import_key`,`run`);--> statement-breakpoint
CREATE TABLE `import_samples` (
	`import_run` integer NOT NULL,
	`import_problem` integer NOT NULL,
	`sample` integer NOT NULL,
	`score` real,
	`failure` text,
	`answer` text,
	`completion` text,
	`confidence` real,
	`tokens` integer,
	PRIMARY KEY(`import_run`, `import_problem`, `sample`),
	FOREIGN KEY (`import_run`) REFERENCES `import_runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`import_problem`) REFERENCES `import_problems`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `import_samples_problem` ON `import_samples` (`import_problem`);--> statement-breakpoint
CREATE TABLE `imports` (
	`key` integer PRIMARY KEY NOT NULL,
	`id` text,
	`name` text,
	`source` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`format` text DEFAULT '' NOT NULL,
	`header` text DEFAULT '{}' NOT NULL,
	`notices` text DEFAULT '[]' NOT NULL,
	`problems` integer DEFAULT 0 NOT NULL,
	`samples` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`created_at` text NOT NULL,
	`touched_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `imports_id_unique` ON `imports` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `imports_name_unique` ON `imports` (`name`);