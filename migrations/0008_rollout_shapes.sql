ALTER TABLE `rollouts` ADD `parent_sample` integer;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `fork_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `units` blob;