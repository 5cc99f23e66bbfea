// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The storage words as sums: no field reaches into its neighbour, and the next number changes nothing else. The
/// SMTChecker proves sums in seconds and does not end on shifts and masks; that lib/CardSlot, lib/AccountSlot and
/// lib/AuctionSlots make these very sums is fuzzed (Packing.t.sol).
contract Layouts {
    function card(uint160 owner, uint32 nonce, uint40 expiry, uint8 state, uint16 class) external pure {
        uint256 word = owner + nonce * uint256(2 ** 160) + expiry * uint256(2 ** 192) + state * uint256(2 ** 232)
            + class * uint256(2 ** 240);
        assert(word % 2 ** 160 == owner);
        assert(word / 2 ** 160 % 2 ** 32 == nonce);
        assert(word / 2 ** 192 % 2 ** 40 == expiry);
        assert(word / 2 ** 232 % 2 ** 8 == state);
        assert(word / 2 ** 240 == class);
        if (nonce == type(uint32).max) return;
        uint256 next = word + 2 ** 160;
        assert(next / 2 ** 160 % 2 ** 32 == uint256(nonce) + 1);
        assert(next % 2 ** 160 == owner);
        assert(next / 2 ** 192 == word / 2 ** 192);
    }

    function account(uint64 balance, uint40 kycUntil, uint32 epoch, uint8 tier, bool frozen) external pure {
        uint256 word = balance + kycUntil * uint256(2 ** 64) + epoch * uint256(2 ** 104) + tier * uint256(2 ** 136)
            + (frozen ? 2 ** 144 : 0);
        assert(word % 2 ** 64 == balance);
        assert(word / 2 ** 64 % 2 ** 40 == kycUntil);
        assert(word / 2 ** 104 % 2 ** 32 == epoch);
        assert(word / 2 ** 136 % 2 ** 8 == tier);
        assert((word / 2 ** 144 == 1) == frozen);
    }

    function auction(uint160 bidder, uint48 amount, uint32 end, uint16 extended, uint16 feeBps) external pure {
        require(amount < 2 ** 42 && extended <= 7_200 && feeBps <= 500);
        uint256 word = bidder + amount * uint256(2 ** 160) + end * uint256(2 ** 202) + extended * uint256(2 ** 234)
            + feeBps * uint256(2 ** 247);
        assert(word % 2 ** 160 == bidder);
        assert(word / 2 ** 160 % 2 ** 42 == amount);
        assert(word / 2 ** 202 % 2 ** 32 == end);
        assert(word / 2 ** 234 % 2 ** 13 == extended);
        assert(word / 2 ** 247 == feeBps);
    }
}
