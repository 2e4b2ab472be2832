// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// For tests of threads: how many there are, and waiting for a condition without waiting for ever.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <time.h>

#include <dirent.h>

namespace weft_test {

// The threads of this process, the calling one included.
inline int thread_count() {
    // TSan starts a thread of its own together with the first one: not between two counts.
    static const bool started = (std::thread([] {}).join(), true);
    static_cast<void>(started);
    int count = 0;
    DIR* const tasks = opendir("/proc/self/task");
    while (const dirent* entry = readdir(tasks))
        if (entry->d_name[0] != '.') ++count;
    closedir(tasks);
    return count;
}

inline void sleep_ms(long ms) {
    timespec time{ms / 1000, ms % 1000 * 1'000'000};
    nanosleep(&time, nullptr);
}

// The same once it does not change any more: a thread that has been joined counts until the system
// has cleared it away.
inline int settled_thread_count() {
    int count = thread_count();
    for (int same = 0; same < 10; ++same) {
        sleep_ms(1);
        const int now = thread_count();
        if (now != count) same = 0;
        count = now;
    }
    return count;
}

// The same as soon as it is `most` or fewer; what it is after two seconds where it stays above.
inline int thread_count_at_most(int most) {
    int count = thread_count();
    for (int i = 0; count > most && i < 2000; ++i) {
        sleep_ms(1);
        count = thread_count();
    }
    return count;
}

// Waits until `condition()` holds; gives up, and ends the program, after a minute.
template <class F>
void wait_until(F condition) {
    for (int i = 0; !condition(); ++i) {
        if (i == 60'000) {
            std::fprintf(stderr, "a condition did not come true within a minute\n");
            std::abort();
        }
        sleep_ms(1);
    }
}

}  // namespace weft_test
