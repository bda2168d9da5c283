/* output_path.h: where the file that the user named for output really is. */
#ifndef RXPATH_CLI_OUTPUT_PATH_H
#define RXPATH_CLI_OUTPUT_PATH_H

#include <stdbool.h>
#include <sys/stat.h>

/* Zero is not a valid value: output_path_find fills it. */
struct output_path {
	int descriptor; /* an open descriptor that the name stands for; -1: none */
	int dir;	/* O_PATH, of the directory that holds the file; -1: none */
	char *leaf;	/* the file's name in it */
	bool exists;
	bool kernel_link;   /* a link of /proc, which only the kernel can follow */
	struct stat status; /* of the file, where it exists */
	struct stat dir_status;
};

/* The descriptor that "-", /dev/stdout, /dev/fd/N and the like stand for; -1: none. */
int output_path_descriptor(const char *name);

/* Follows the name step by step. A link, FIFO or file of another user in a directory that others
 * can write to is refused. False after an error message; else the caller frees the path. */
bool output_path_find(const char *name, struct output_path *path);
void output_path_free(struct output_path *path);

#endif
