// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Settlement money with bad manners, one at a time. 2 decimals like the real one.
contract HostileMoney {
    enum Manner {
        HONEST,
        /// Returns nothing.
        MUTE,
        /// Returns false instead of reverting.
        FALSE,
        /// Keeps 1 % of each transfer.
        CUT,
        /// Refuses one receiver.
        REFUSE,
        /// Calls back into the exchange before it answers.
        REENTER,
        /// Burns all gas, when it is given little, for one receiver.
        GUZZLE,
        /// Answers with a megabyte of nothing.
        LONG,
        /// Refuses one receiver, and keeps 1 % of what goes to others.
        REFUSE_AND_CUT
    }

    Manner public manner;
    address public target;
    bytes public callback;
    bool public reentered;
    bool public everCut;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function behave(Manner manner_, address target_, bytes calldata callback_) external {
        (manner, target, callback) = (manner_, target_, callback_);
        if (manner_ == Manner.CUT) everCut = true;
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _answer(_move(msg.sender, to, amount));
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        if (allowance[from][msg.sender] < amount) _answer(false);
        _answer(_move(from, to, amount));
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        if (balanceOf[from] < amount) return false;
        bool refuses = manner == Manner.REFUSE || manner == Manner.REFUSE_AND_CUT;
        if (refuses && to == target) return false;
        bool cuts = manner == Manner.CUT || manner == Manner.REFUSE_AND_CUT;
        if (manner == Manner.GUZZLE && to == target && gasleft() < 150_000) {
            while (true) {}
        }
        balanceOf[from] -= amount;
        balanceOf[to] += cuts ? amount - amount / 100 : amount;
        if (manner == Manner.REENTER) {
            (bool success,) = target.call(callback);
            if (success) reentered = true;
        }
        return true;
    }

    /// @dev Ends the call.
    function _answer(bool done) private view {
        if (!done && manner != Manner.FALSE) revert();
        bool mute = manner == Manner.MUTE;
        uint256 size = manner == Manner.LONG ? 100_000 : 32;
        assembly {
            if mute { return(0, 0) }
            let free := mload(0x40)
            mstore(free, done)
            return(free, size)
        }
    }
}
