/* A box of text over the middle of the page. Pure. */
#ifndef TERM_POPUP_H
#define TERM_POPUP_H

#include "term/frame.h"

/*
 * Draw the lines from `top` on into `rows` rows of the frame from `first` on: with a border where
 * there is room for one, cut off at the right. Where they do not all fit, the last row says where
 * one is. Returns how many lines do not fit: how far `top` may go; it is taken for no more.
 */
int popup_draw(struct frame *f, int first, int rows, const char *const *lines, int count, int top);

#endif
