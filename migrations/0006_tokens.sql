ALTER TABLE `rollouts` ADD `token_ends` blob;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `token_weights` blob;